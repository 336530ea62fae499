package io.towtank.record;

import io.towtank.api.Event;
import io.towtank.api.EventBuilder;
import io.towtank.api.EventSource;
import io.towtank.api.ObjectReference;
import io.towtank.api.Uid;
import io.towtank.client.TokenBucket;
import io.towtank.latency.ClientLimits;
import io.towtank.time.SimClock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a component's events few (client-go: tools/record/events_cache.go).
 *
 * <p>The same event again raises the count of the first. Of events that differ in nothing but their
 * message, the tenth within ten minutes of one another and all further ones become one, whose
 * message says so. And about one object a component may tell 25 events, and then one every five
 * minutes.
 */
final class EventCorrelator {
  private static final int CACHE_SIZE = 4096;
  private static final int AGGREGATE_MESSAGES = 10;
  private static final long AGGREGATE_NANOS = 600_000_000_000L;
  private static final ClientLimits SPAM = new ClientLimits(1.0 / 300, 25);

  /**
   * What becomes of an event.
   *
   * @param again whether it is stored already and is to be updated
   */
  record Correlated(Event event, boolean again) {}

  /** Who tells about what. */
  private record Subject(
      @Nullable String component,
      @Nullable String host,
      @Nullable String kind,
      @Nullable String namespace,
      @Nullable String name,
      @Nullable Uid uid,
      @Nullable String apiVersion) {
    static Subject of(Event event) {
      EventSource source = event.source();
      ObjectReference object = event.involvedObject();
      return new Subject(
          source == null ? null : source.component(),
          source == null ? null : source.host(),
          object.kind(),
          object.namespace(),
          object.name(),
          object.uid(),
          object.apiVersion());
    }
  }

  /** Events that are similar; with a message: that are the same. */
  private record Key(
      Subject subject, @Nullable String type, @Nullable String reason, @Nullable String message) {}

  private static final class Similar {
    final Set<String> messages = new LinkedHashSet<>();
    long lastNanos;
  }

  private record Observed(int count, long firstTimestamp, String name) {}

  /** Forgets what was not asked for longest. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > CACHE_SIZE;
    }
  }

  private final SimClock clock;
  private final Map<Key, Similar> similar = new Recent<>();
  private final Map<Key, Observed> observed = new Recent<>();
  private final Map<Subject, TokenBucket> budgets = new Recent<>();

  EventCorrelator(SimClock clock) {
    this.clock = clock;
  }

  /** What is to be written for an event; null for nothing. */
  @Nullable Correlated correlate(Event event) {
    Subject subject = Subject.of(event);
    Key group = new Key(subject, event.type(), event.reason(), null);
    Key key = new Key(subject, event.type(), event.reason(), event.message());
    Event told = event;
    if (isOneOfMany(group, event)) {
      key = group;
      told =
          EventBuilder.builder(event)
              .message("(combined from similar events): " + event.message())
              .build();
    }
    Observed before = observed.get(key);
    int count = 1;
    if (before != null) {
      count = before.count + 1;
      told =
          EventBuilder.builder(told)
              .metadata(EventWriter.named(told.metadata(), before.name))
              .firstTimestamp(before.firstTimestamp)
              .count(count)
              .build();
    }
    observed.put(key, new Observed(count, told.firstTimestamp(), told.name()));
    TokenBucket budget = budgets.computeIfAbsent(subject, s -> new TokenBucket(SPAM));
    return budget.tryTake(SPAM, clock.nanos()) ? new Correlated(told, count > 1) : null;
  }

  private boolean isOneOfMany(Key group, Event event) {
    Similar record = similar.get(group);
    long now = clock.nanos();
    if (record == null || now - record.lastNanos > AGGREGATE_NANOS) {
      record = new Similar();
      similar.put(group, record);
    }
    record.messages.add(String.valueOf(event.message()));
    record.lastNanos = now;
    if (record.messages.size() < AGGREGATE_MESSAGES) {
      return false;
    }
    // client-go throws out any of them; here it is the oldest.
    record.messages.remove(record.messages.iterator().next());
    return true;
  }
}

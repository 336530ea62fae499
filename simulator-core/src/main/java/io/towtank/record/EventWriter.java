package io.towtank.record;

import io.towtank.api.Event;
import io.towtank.api.EventBuilder;
import io.towtank.api.EventSource;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.store.ApiException;
import io.towtank.time.SimClock;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stores a component's events, one after another (client-go: tools/record/event.go). What does not
 * find room in its queue is lost; what the API refuses is, too.
 */
final class EventWriter {
  // client-go: tools/record/event.go, maxQueuedEvents
  private static final int MAX_QUEUED = 1000;

  private final String component;
  private final SimClock clock;
  private final ApiClient client;
  private final EventCorrelator correlator;
  private final ArrayDeque<Event> queue = new ArrayDeque<>();
  private final LongUnaryOperator names;
  private boolean busy;

  /**
   * @param names makes of a time in nanoseconds one that no other event has
   */
  EventWriter(String component, SimClock clock, ApiClient client, LongUnaryOperator names) {
    this.names = names;
    this.component = component;
    this.clock = clock;
    this.client = client;
    this.correlator = new EventCorrelator(clock);
  }

  void event(KubeObject about, @Nullable String host, String type, String reason, String message) {
    if (queue.size() >= MAX_QUEUED) {
      return;
    }
    ObjectMeta meta = about.metadata();
    long now = Timestamps.toSecond(clock.epochNanos());
    // Names are made of the time in nanoseconds, of which here many events may share one.
    long unique = names.applyAsLong(clock.epochNanos());
    queue.add(
        new Event(
            ObjectMetaBuilder.builder()
                .name(meta.name() + "." + Long.toHexString(unique))
                .namespace(meta.namespace() == null ? "default" : meta.namespace())
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .build(),
            0,
            new ObjectReference(
                about.kind().apiVersion(),
                about.kind().name(),
                meta.namespace(),
                meta.name(),
                meta.uid(),
                about.resourceVersion() == 0 ? null : Long.toString(about.resourceVersion()),
                null,
                Fields.NONE),
            reason,
            message,
            new EventSource(component, host, Fields.NONE),
            now,
            now,
            1,
            type,
            Timestamps.NONE,
            null,
            null,
            component,
            host,
            Fields.NONE));
    writeNext();
  }

  static ObjectMeta named(ObjectMeta meta, String name) {
    return ObjectMetaBuilder.builder(meta).name(name).build();
  }

  private void writeNext() {
    while (!busy && !queue.isEmpty()) {
      EventCorrelator.Correlated next = correlator.correlate(queue.remove());
      if (next != null) {
        busy = true;
        write(next);
      }
    }
  }

  private void write(EventCorrelator.Correlated correlated) {
    Event event = correlated.event();
    if (!correlated.again()) {
      create(event);
      return;
    }
    client.patch(
        Kinds.EVENT,
        ObjectKey.of(event),
        stored ->
            EventBuilder.builder(stored)
                .count(event.count())
                .message(event.message())
                .lastTimestamp(event.lastTimestamp())
                .build(),
        (stored, error) -> {
          if (error != null && error.reason() == ApiException.Reason.NOT_FOUND) {
            create(event);
          } else {
            written();
          }
        });
  }

  private void create(Event event) {
    client.create(event, (stored, error) -> written());
  }

  private void written() {
    busy = false;
    writeNext();
  }

  @Override
  public String toString() {
    return "events of " + Objects.requireNonNull(component) + ", " + queue.size() + " waiting";
  }
}

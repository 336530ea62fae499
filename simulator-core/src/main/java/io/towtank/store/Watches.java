package io.towtank.store;

import io.towtank.api.FieldSelector;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.time.Simulation;
import it.unimi.dsi.fastutil.objects.Object2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The watches of a kind.
 *
 * <p>A watch of one value of a field, as every kubelet's of {@code spec.nodeName}, costs nothing
 * when other objects change: it has a feed of its own, found by the value before and after a
 * change. So the binding of a pod is told to one kubelet and offered to no other.
 */
final class Watches<T extends KubeObject> {
  /** The feeds of one field's values. */
  private static final class ByField {
    private final String name;
    private final SelectableFields.Field field;
    private final Object2ObjectOpenHashMap<String, FieldFeed> feeds =
        new Object2ObjectOpenHashMap<>();

    ByField(String name, SelectableFields.Field field) {
      this.name = name;
      this.field = field;
    }
  }

  private final Simulation simulation;
  private final Kind<T> kind;
  private final LongSupplier revision;
  private final History<T> history;
  private final FullFeed all;
  private final List<ByField> byField = new ArrayList<>(1);

  Watches(Simulation simulation, Kind<T> kind, HistoryWindow bounds, LongSupplier revision) {
    this.simulation = simulation;
    this.kind = kind;
    this.revision = revision;
    this.history = new History<>(bounds, this::needed);
    this.all = new FullFeed(history);
  }

  History<T> history() {
    return history;
  }

  /** Takes a change into history and sees to it that watches tell it. */
  void changed(@Nullable T previous, T current, boolean deletion) {
    long change = history.next();
    history.append(previous, current, deletion, simulation.nanos());
    wake(all);
    for (int i = 0; i < byField.size(); i++) {
      ByField feeds = byField.get(i);
      String before = previous == null ? null : feeds.field.apply(previous);
      String after = feeds.field.apply(current);
      if (before != null && !before.equals(after)) {
        append(feeds.feeds.get(before), change);
      }
      if (after != null) {
        append(feeds.feeds.get(after), change);
      }
    }
  }

  /**
   * Begins a watch.
   *
   * @throws ApiException Expired where history does not reach back so far, Timeout where the
   *     revision is still to come, BadRequest where the kind has no such field
   */
  Watch watch(WatchOptions options, WatchListener<T> listener) {
    Filter filter = new Filter(kind, options.selection());
    long from = options.fromRevision();
    long change = history.next();
    if (from != WatchOptions.NOW) {
      if (from > revision.getAsLong()) {
        throw ApiException.tooLargeRevision(from, revision.getAsLong());
      }
      if (from < history.oldestRevision()) {
        throw ApiException.tooOldRevision(from, history.oldestRevision());
      }
      change = history.after(from);
    }
    for (FieldSelector.Requirement requirement : options.selection().fields().requirements()) {
      if (requirement.equal() && !requirement.value().isEmpty()) {
        return watchField(requirement, filter, change, options, listener);
      }
    }
    return new Subscription<>(
        simulation,
        kind.type(),
        history,
        all,
        filter.isEverything() ? null : filter,
        change,
        options,
        listener,
        revision,
        () -> {});
  }

  private Watch watchField(
      FieldSelector.Requirement requirement,
      Filter filter,
      long change,
      WatchOptions options,
      WatchListener<T> listener) {
    ByField feeds = feeds(requirement.field());
    String value = requirement.value();
    FieldFeed feed = feeds.feeds.get(value);
    if (feed == null) {
      feed = new FieldFeed(history);
      feeds.feeds.put(value, feed);
      for (long number = history.first(); number < history.next(); number++) {
        T previous = history.previous(number);
        if (value.equals(feeds.field.apply(history.current(number)))
            || (previous != null && value.equals(feeds.field.apply(previous)))) {
          feed.append(number);
        }
      }
    }
    FieldFeed watched = feed;
    return new Subscription<>(
        simulation,
        kind.type(),
        history,
        watched,
        filter,
        watched.from(change),
        options,
        listener,
        revision,
        () -> {
          if (watched.rounds().isEmpty()) {
            feeds.feeds.remove(value);
          }
        });
  }

  private ByField feeds(String field) {
    for (ByField feeds : byField) {
      if (feeds.name.equals(field)) {
        return feeds;
      }
    }
    ByField feeds = new ByField(field, SelectableFields.of(kind, field));
    byField.add(feeds);
    return feeds;
  }

  private static void append(@Nullable FieldFeed feed, long change) {
    if (feed != null) {
      feed.append(change);
      wake(feed);
    }
  }

  private static void wake(Feed feed) {
    List<Round> rounds = feed.rounds();
    for (int i = 0; i < rounds.size(); i++) {
      rounds.get(i).wake();
    }
  }

  /** The number of the first change that some watch has still to tell. */
  private long needed() {
    long needed = needed(all);
    for (ByField feeds : byField) {
      for (FieldFeed feed : feeds.feeds.values()) {
        needed = Math.min(needed, needed(feed));
      }
    }
    return needed;
  }

  private static long needed(Feed feed) {
    long needed = Long.MAX_VALUE;
    List<Round> rounds = feed.rounds();
    for (int i = 0; i < rounds.size(); i++) {
      needed = Math.min(needed, rounds.get(i).needed());
    }
    return needed;
  }
}

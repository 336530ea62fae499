package io.towtank.store;

import io.towtank.api.KubeObject;
import io.towtank.time.Simulation;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch: a position in a feed. The {@link Round} that it takes part in has it tell all that is
 * due.
 */
final class Subscription<T extends KubeObject> implements Watch {
  // apiserver: storage/cacher/cacher.go, defaultBookmarkFrequency
  private static final long BOOKMARK_NANOS = 60_000_000_000L;

  private final Simulation simulation;
  private final Class<T> type;
  private final History<T> history;
  private final Feed feed;
  private final @Nullable Filter filter;
  private final long delayNanos;
  private final WatchListener<T> listener;
  private final LongSupplier revision;
  private final Runnable onStop;
  private final Round round;
  private long position;
  private long lossTimer;
  private long bookmarkTimer;
  private boolean paused;
  private boolean lost;
  private boolean stopped;

  /**
   * @param filter null for everything
   * @param position the first position in the feed that is told
   * @param revision the store's
   * @param onStop is run once
   */
  Subscription(
      Simulation simulation,
      Class<T> type,
      History<T> history,
      Feed feed,
      @Nullable Filter filter,
      long position,
      WatchOptions options,
      WatchListener<T> listener,
      LongSupplier revision,
      Runnable onStop) {
    this.simulation = simulation;
    this.type = type;
    this.history = history;
    this.feed = feed;
    this.filter = filter;
    this.position = position;
    this.delayNanos = options.delayNanos();
    this.listener = listener;
    this.revision = revision;
    this.onStop = onStop;
    if (options.bookmarks()) {
      scheduleBookmark();
    }
    this.round = Round.of(feed, simulation, delayNanos);
    round.add(this);
    round.adjust();
  }

  /** When it has something to tell, in virtual nanoseconds; Long.MAX_VALUE while it has not. */
  long dueNanos() {
    return paused || stopped || lost || position >= feed.end()
        ? Long.MAX_VALUE
        : history.nanos(feed.change(position)) + delayNanos;
  }

  /** The number of the first change that it has still to tell; Long.MAX_VALUE for none. */
  long needed() {
    return paused || position >= feed.end() ? Long.MAX_VALUE : feed.change(position);
  }

  @Override
  public void stop() {
    if (!stopped) {
      stopped = true;
      cancelLoss();
      simulation.cancel(bookmarkTimer);
      round.remove(this);
      round.adjust();
      if (round.isEmpty()) {
        feed.rounds().remove(round);
      }
      onStop.run();
    }
  }

  @Override
  public void pause() {
    paused = true;
    cancelLoss();
    round.adjust();
  }

  @Override
  public void resume() {
    if (!paused || stopped) {
      return;
    }
    paused = false;
    // Only what is offered to anyone is sure to be there: nothing was kept for this watch.
    lost =
        position < feed.start()
            || (position < feed.end() && feed.change(position) < history.offered());
    if (lost) {
      lossTimer = simulation.schedule(0, this::tellLoss);
    } else {
      round.adjust();
    }
  }

  private void cancelLoss() {
    if (lossTimer != 0) {
      simulation.cancel(lossTimer);
      lossTimer = 0;
    }
  }

  private void tellLoss() {
    lossTimer = 0;
    stop();
    listener.expired();
  }

  /** Tells what is due now. */
  void tellWhatIsDue() {
    long now = simulation.nanos();
    // What listeners write at once comes with the next round, so that all watches take turns.
    long end = feed.end();
    while (position < end && !stopped && !paused && !lost) {
      long change = feed.change(position);
      if (history.nanos(change) + delayNanos > now) {
        return;
      }
      position++;
      tell(change);
    }
  }

  private void tell(long change) {
    T previous = history.previous(change);
    T current = history.current(change);
    boolean deletion = history.isDeletion(change);
    boolean after = !deletion && matches(current);
    if (previous == null || !matches(previous)) {
      if (after) {
        listener.added(current);
      }
    } else if (after) {
      listener.modified(previous, current);
    } else {
      listener.deleted(
          deletion ? current : type.cast(previous.withResourceVersion(current.resourceVersion())));
    }
  }

  private boolean matches(T object) {
    return filter == null || filter.matches(object);
  }

  private void scheduleBookmark() {
    bookmarkTimer =
        simulation.scheduleBackground(
            BOOKMARK_NANOS,
            () -> {
              scheduleBookmark();
              if (!paused) {
                listener.bookmark(
                    position < feed.end()
                        ? history.current(feed.change(position)).resourceVersion() - 1
                        : revision.getAsLong());
              }
            });
  }
}

package io.towtank.store;

import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;

/**
 * The watches of a feed that are told after the same delay, as those of all informers are: one
 * timer serves them, and they are told in turn, in the order in which they began. A change then
 * costs one event, however many processes watch.
 */
final class Round {
  private static final long NEVER = Long.MAX_VALUE;

  private final Simulation simulation;
  private final long delayNanos;
  private final Runnable tell = this::tell;
  // Replaced and never changed: a round that is under way goes on with those that it began with.
  private List<Subscription<?>> watches = List.of();
  private long timer;
  private long timerNanos;
  private boolean telling;

  private Round(Simulation simulation, long delayNanos) {
    this.simulation = simulation;
    this.delayNanos = delayNanos;
  }

  /** The round of a delay among those of a feed; a new one where there is none. */
  static Round of(Feed feed, Simulation simulation, long delayNanos) {
    for (Round round : feed.rounds()) {
      if (round.delayNanos == delayNanos) {
        return round;
      }
    }
    Round round = new Round(simulation, delayNanos);
    feed.rounds().add(round);
    return round;
  }

  void add(Subscription<?> watch) {
    List<Subscription<?>> more = new ArrayList<>(watches);
    more.add(watch);
    watches = more;
  }

  void remove(Subscription<?> watch) {
    List<Subscription<?>> fewer = new ArrayList<>(watches);
    fewer.remove(watch);
    watches = fewer;
  }

  boolean isEmpty() {
    return watches.isEmpty();
  }

  /** The number of the first change that some watch has still to tell. */
  long needed() {
    long needed = NEVER;
    for (int i = 0; i < watches.size(); i++) {
      needed = Math.min(needed, watches.get(i).needed());
    }
    return needed;
  }

  /** Is called when the feed has got longer. */
  void wake() {
    if (timer == 0 && !telling) {
      setTimer(due());
    }
  }

  /** Is called when a watch begins, pauses, goes on or ends. */
  void adjust() {
    if (telling) {
      return;
    }
    long due = due();
    if (timer != 0 && due == timerNanos) {
      return;
    }
    if (timer != 0) {
      simulation.cancel(timer);
      timer = 0;
    }
    setTimer(due);
  }

  private void setTimer(long due) {
    if (due != NEVER) {
      timerNanos = due;
      timer = simulation.schedule(Math.max(0, due - simulation.nanos()), tell);
    }
  }

  private long due() {
    long due = NEVER;
    for (int i = 0; i < watches.size(); i++) {
      due = Math.min(due, watches.get(i).dueNanos());
    }
    return due;
  }

  private void tell() {
    timer = 0;
    telling = true;
    try {
      List<Subscription<?>> now = watches;
      for (int i = 0; i < now.size(); i++) {
        now.get(i).tellWhatIsDue();
      }
    } finally {
      telling = false;
    }
    setTimer(due());
  }
}

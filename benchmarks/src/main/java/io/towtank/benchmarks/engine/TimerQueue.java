package io.towtank.benchmarks.engine;

import org.jspecify.annotations.Nullable;

/** A design of an event queue: by time and, at equal times, first in, first out. */
interface TimerQueue {
  /** Adds an action at a time that is not before {@link #now}; the result names it. */
  long add(long time, Runnable action);

  /** Takes an action out; false where it has run or was cancelled before. */
  boolean cancel(long timer);

  /** Takes the next action and sets the clock to its time; null where there is none. */
  @Nullable Runnable poll();

  /** The time of the last action taken. */
  long now();
}

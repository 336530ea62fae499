package io.towtank.benchmarks.engine;

import io.towtank.time.Simulation;

/** What a load is put on: a clock with a queue of a certain design. */
interface EventLoop {
  /** Runs an action after so many nanoseconds; the result names it for {@link #cancel}. */
  long schedule(long delayNanos, Runnable action);

  /** Takes a timer back; false where it has run or was cancelled before. */
  boolean cancel(long timer);

  /** Runs the next event; false where there is none. */
  boolean step();

  /** The time of the last event. */
  long nanos();

  /** Towtank's own, whole. */
  record TowtankLoop(Simulation simulation) implements EventLoop {
    @Override
    public long schedule(long delayNanos, Runnable action) {
      return simulation.schedule(delayNanos, action);
    }

    @Override
    public boolean cancel(long timer) {
      return simulation.cancel(timer);
    }

    @Override
    public boolean step() {
      return simulation.step(Long.MAX_VALUE);
    }

    @Override
    public long nanos() {
      return simulation.nanos();
    }
  }

  /** Nothing but a queue. */
  record QueueLoop(TimerQueue queue) implements EventLoop {
    @Override
    public long schedule(long delayNanos, Runnable action) {
      return queue.add(queue.now() + delayNanos, action);
    }

    @Override
    public boolean cancel(long timer) {
      return queue.cancel(timer);
    }

    @Override
    public boolean step() {
      Runnable action = queue.poll();
      if (action == null) {
        return false;
      }
      action.run();
      return true;
    }

    @Override
    public long nanos() {
      return queue.now();
    }
  }
}

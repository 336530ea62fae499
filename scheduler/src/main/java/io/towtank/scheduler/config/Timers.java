package io.towtank.scheduler.config;

/** Has plugins do something later in virtual time. */
public interface Timers {
  /** Runs an action so many virtual nanoseconds from now. */
  void after(long nanos, Runnable action);

  /** As {@link #after}, for time-outs, which alone do not keep a run going. */
  void timeout(long nanos, Runnable action);
}

package io.towtank.time;

import java.util.function.BooleanSupplier;

/** When {@link Simulation#run} is to stop, and why it did. */
public sealed interface StopCondition {
  /**
   * At a virtual time: all that is due up to it has run, and the clock is there.
   *
   * @param nanos nanoseconds since the run's start
   */
  record Time(long nanos) implements StopCondition {}

  /**
   * Once something holds. It is asked before the first event and after each, so it has to be cheap.
   *
   * @param description what holds then, as in {@code "all pods are Running"}
   */
  record Holds(String description, BooleanSupplier condition) implements StopCondition {}

  /** When nothing is pending but background timers. The clock stays at the last event. */
  record Idle() implements StopCondition {}

  /** When {@link Simulation#interrupt} was called. This one is always in force. */
  record Interrupted() implements StopCondition {}
}

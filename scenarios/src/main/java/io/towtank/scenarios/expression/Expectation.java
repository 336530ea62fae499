package io.towtank.scenarios.expression;

/**
 * What is expected of a run.
 *
 * @param text as it was written
 */
public record Expectation(String text, Condition condition, Timing timing) {
  /** When a condition is to hold. */
  public sealed interface Timing {
    /** When the run ends. */
    record AtEnd() implements Timing {}

    /** At a moment of virtual time. */
    record At(long nanos) implements Timing {}

    /** At some time up to a moment; it need not last. */
    record By(long nanos) implements Timing {}

    /**
     * All the time.
     *
     * @param toNanos Long.MAX_VALUE for the end of the run
     */
    record Throughout(long fromNanos, long toNanos) implements Timing {}
  }
}

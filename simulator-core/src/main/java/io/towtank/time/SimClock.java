package io.towtank.time;

/**
 * Virtual time. Nothing in a simulation reads any other clock.
 *
 * <p>Time is counted in nanoseconds since the start of the run, so that a run lasts up to 292
 * years; {@link #epochNanos()} adds the date at which the run pretends to start, for what
 * Kubernetes writes as a timestamp.
 */
public interface SimClock {
  /** Nanoseconds of virtual time since the run started. Never decreases. */
  long nanos();

  /** The virtual date and time, in nanoseconds since 1970-01-01T00:00:00Z. */
  long epochNanos();
}

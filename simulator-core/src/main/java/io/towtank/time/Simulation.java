package io.towtank.time;

/**
 * Owns virtual time: runs what was scheduled, in order of time and, at equal times, in the order of
 * scheduling. One thread owns a simulation.
 */
public final class Simulation implements SimClock {
  private final EventQueue foreground = new EventQueue();
  private final long seed;
  private final long startEpochNanos;
  private long nanos;
  private long events;

  /**
   * @param seed from which all random streams are derived
   * @param startEpochNanos the date at which virtual time starts, nanoseconds since 1970
   */
  public Simulation(long seed, long startEpochNanos) {
    this.seed = seed;
    this.startEpochNanos = startEpochNanos;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public long epochNanos() {
    return startEpochNanos + nanos;
  }

  /** How many events have run. */
  public long events() {
    return events;
  }

  /** The random stream of that name; asking twice gives two that tell the same numbers. */
  public RandomStream random(String name) {
    return new RandomStream(seed, name);
  }

  /**
   * Runs an action after a delay of virtual nanoseconds.
   *
   * @return names the timer for {@link #cancel}; never 0
   */
  public long schedule(long delayNanos, Runnable action) {
    return foreground.add(Math.addExact(nanos, Math.max(0, delayNanos)), action);
  }

  /**
   * As {@link #schedule}, for what need not happen for the simulation to be idle: a periodic look
   * at something, a time-out that matters only if things go on.
   */
  public long scheduleBackground(long delayNanos, Runnable action) {
    return schedule(delayNanos, action);
  }

  /** Takes a timer back; false where it has run or was cancelled before. */
  public boolean cancel(long timer) {
    return foreground.cancel(timer);
  }

  /** Whether nothing is pending but background timers. */
  public boolean idle() {
    return foreground.nextNanos() == Long.MAX_VALUE;
  }

  /** Runs one event that is due up to a time; false, with the clock at that time, where none is. */
  public boolean step(long untilNanos) {
    long next = foreground.nextNanos();
    if (next > untilNanos) {
      nanos = Math.max(nanos, untilNanos);
      return false;
    }
    nanos = next;
    events++;
    foreground.poll().run();
    return true;
  }
}

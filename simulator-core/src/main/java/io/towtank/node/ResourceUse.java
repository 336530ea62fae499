package io.towtank.node;

/**
 * What a container uses of something that its node has.
 *
 * @param amount when it has started: bytes, or how many
 * @param perSecond how much more with every second
 */
public record ResourceUse(long amount, double perSecond) {
  /** Nothing that is to be looked after. */
  public static final ResourceUse NONE = new ResourceUse(0, 0);

  private static final double SECOND = 1e9;

  /** 146 years, to which a time of the simulation can be added. */
  private static final double MOST_NANOS = 0x1p62;

  /** Whether it is to be looked after. */
  boolean isAny() {
    return amount > 0 || perSecond > 0;
  }

  /** How much it is so many nanoseconds after the start. */
  long after(long nanos) {
    return amount + (long) (perSecond * (nanos / SECOND));
  }

  /**
   * When it is more than some bound, in nanoseconds from the start; {@link ContainerRun#FOREVER}
   * where it never is.
   */
  long exceedsNanos(long bound) {
    if (amount > bound) {
      return 0;
    }
    return perSecond <= 0
        ? ContainerRun.FOREVER
        : nanos(Math.ceil((bound - amount + 1) * SECOND / perSecond));
  }

  /** A span of time; {@link ContainerRun#FOREVER} where no clock of a simulation can tell it. */
  static long nanos(double nanos) {
    return nanos < MOST_NANOS ? (long) nanos : ContainerRun.FOREVER;
  }
}

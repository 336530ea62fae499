package io.towtank.time;

/** A {@link SelfCheck} found a difference: the simulation has a bug, and its results are void. */
public final class InvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String check;
  private final long nanos;
  private final String difference;

  /**
   * @param check the check's name
   * @param nanos virtual time at which the difference was found, nanoseconds since the run's start
   * @param events how many events had run by then
   * @param difference what the check said
   */
  public InvariantViolation(String check, long nanos, long events, String difference) {
    super(
        check
            + ", at "
            + nanos / 1_000_000_000L
            + String.format(".%09d s", nanos % 1_000_000_000L)
            + " of virtual time after "
            + events
            + " events: "
            + difference);
    this.check = check;
    this.nanos = nanos;
    this.difference = difference;
  }

  /** The name of the check that found it. */
  public String check() {
    return check;
  }

  /** When it was found, nanoseconds of virtual time since the run's start. */
  public long nanos() {
    return nanos;
  }

  /** What differs from what. */
  public String difference() {
    return difference;
  }
}

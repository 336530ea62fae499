package io.towtank.node;

/**
 * What one run of a container is like. All times are virtual nanoseconds; {@link #PROFILE} leaves
 * them to the latency profile.
 *
 * @param startNanos from sandbox and image to the running process
 * @param runNanos from there until the process ends by itself; {@link #FOREVER} where it does not
 * @param exitCode with which it then ends
 * @param readyNanos from the running process until its readiness probe would succeed
 * @param aliveNanos from the running process until it hangs, so that its probes fail; {@link
 *     #FOREVER} where it does not
 */
public record ContainerRun(
    long startNanos, long runNanos, int exitCode, long readyNanos, long aliveNanos) {
  /** As the latency profile says. */
  public static final long PROFILE = -1;

  /** The process does not end by itself. */
  public static final long FOREVER = Long.MAX_VALUE;

  /** Runs until it is stopped. */
  public static final ContainerRun ENDLESS =
      new ContainerRun(PROFILE, FOREVER, 0, PROFILE, FOREVER);

  /** Ends at once, with success: what an init container does of which nobody says more. */
  public static final ContainerRun DONE_AT_ONCE = new ContainerRun(PROFILE, 0, 0, PROFILE, FOREVER);

  /** Runs for some time, then ends with an exit code. */
  public static ContainerRun of(long runNanos, int exitCode) {
    return new ContainerRun(PROFILE, runNanos, exitCode, PROFILE, FOREVER);
  }
}

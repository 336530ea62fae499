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
 * @param memoryBytes how much memory it uses when it has started
 * @param memoryBytesPerSecond how much more with every second; what grows beyond the container's
 *     limit, or the node's memory, is killed
 * @param diskBytes how much of the node's disk it uses when it has started
 * @param diskBytesPerSecond how much more with every second
 */
public record ContainerRun(
    long startNanos,
    long runNanos,
    int exitCode,
    long readyNanos,
    long aliveNanos,
    long memoryBytes,
    long memoryBytesPerSecond,
    long diskBytes,
    long diskBytesPerSecond) {
  /** As the latency profile says. */
  public static final long PROFILE = -1;

  /** The process does not end by itself. */
  public static final long FOREVER = Long.MAX_VALUE;

  /** Runs until it is stopped. */
  public static final ContainerRun ENDLESS =
      new ContainerRun(PROFILE, FOREVER, 0, PROFILE, FOREVER, 0, 0);

  /** Ends at once, with success: what an init container does of which nobody says more. */
  public static final ContainerRun DONE_AT_ONCE = of(0, 0);

  private static final double SECOND = 1e9;

  /** A run that uses no disk. */
  public ContainerRun(
      long startNanos,
      long runNanos,
      int exitCode,
      long readyNanos,
      long aliveNanos,
      long memoryBytes,
      long memoryBytesPerSecond) {
    this(
        startNanos,
        runNanos,
        exitCode,
        readyNanos,
        aliveNanos,
        memoryBytes,
        memoryBytesPerSecond,
        0,
        0);
  }

  /** Runs for some time, then ends with an exit code. */
  public static ContainerRun of(long runNanos, int exitCode) {
    return new ContainerRun(PROFILE, runNanos, exitCode, PROFILE, FOREVER, 0, 0);
  }

  /** Whether it uses memory that is to be looked after. */
  boolean usesMemory() {
    return memoryBytes > 0 || memoryBytesPerSecond > 0;
  }

  /** Whether it uses disk that is to be looked after. */
  boolean usesDisk() {
    return diskBytes > 0 || diskBytesPerSecond > 0;
  }

  /** When it uses more memory than so many bytes; {@link #FOREVER} where it never does. */
  long exceedsNanos(long bytes) {
    return exceedsNanos(memoryBytes, memoryBytesPerSecond, bytes);
  }

  /** When a use that grows is more than so many bytes; {@link #FOREVER} where it never is. */
  static long exceedsNanos(long startBytes, long bytesPerSecond, long bytes) {
    if (startBytes > bytes) {
      return 0;
    }
    return bytesPerSecond <= 0
        ? FOREVER
        : (long) Math.ceil((bytes - startBytes + 1) * SECOND / bytesPerSecond);
  }
}

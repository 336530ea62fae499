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
 * @param memory bytes that it uses; what grows beyond the container's limit, or the node's memory,
 *     is killed
 * @param disk bytes that it uses of its node's disk
 * @param inodes how many files it has there
 * @param processes how many it consists of
 */
public record ContainerRun(
    long startNanos,
    long runNanos,
    int exitCode,
    long readyNanos,
    long aliveNanos,
    ResourceUse memory,
    ResourceUse disk,
    ResourceUse inodes,
    ResourceUse processes) {
  /** As the latency profile says. */
  public static final long PROFILE = -1;

  /** The process does not end by itself. */
  public static final long FOREVER = Long.MAX_VALUE;

  /** Runs until it is stopped. */
  public static final ContainerRun ENDLESS =
      new ContainerRun(PROFILE, FOREVER, 0, PROFILE, FOREVER);

  /** Ends at once, with success: what an init container does of which nobody says more. */
  public static final ContainerRun DONE_AT_ONCE = of(0, 0);

  /** A run that uses nothing that is to be looked after. */
  public ContainerRun(
      long startNanos, long runNanos, int exitCode, long readyNanos, long aliveNanos) {
    this(
        startNanos,
        runNanos,
        exitCode,
        readyNanos,
        aliveNanos,
        ResourceUse.NONE,
        ResourceUse.NONE,
        ResourceUse.NONE,
        ResourceUse.NONE);
  }

  /** Runs for some time, then ends with an exit code. */
  public static ContainerRun of(long runNanos, int exitCode) {
    return new ContainerRun(PROFILE, runNanos, exitCode, PROFILE, FOREVER);
  }

  /** What it uses of one of the things that its node has. */
  ResourceUse use(NodeResource resource) {
    return switch (resource) {
      case MEMORY -> memory;
      case DISK -> disk;
      case INODES -> inodes;
      case PIDS -> processes;
    };
  }
}

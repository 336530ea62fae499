package io.towtank.latency;

/**
 * Everything that is slow in a real cluster, in one place.
 *
 * @param name how scenarios call the profile
 * @param apiRequest from sending a write to its commit
 * @param watchDelayNanos from a commit until watchers are told
 * @param schedulerLimits the scheduler's client
 * @param controllerLimits each controller's own client
 * @param kubeletLimits each kubelet's client
 * @param schedulingAttemptNanos what an attempt costs whatever the cluster's size
 * @param schedulingNodeNanos what an attempt costs for every node that is looked at
 * @param schedulingPodNanos what an attempt costs for every pod that has a node
 * @param imagePullStart before the first byte of an image
 * @param imageBytesPerSecond how fast a node pulls; 0 for at once
 * @param sandboxStart from the kubelet's seeing a pod to its sandbox
 * @param containerStart from sandbox and image to a running process
 * @param readiness from a running process to the first success of its readiness probe
 * @param containerStop from the signal to the end of a process that honours it
 * @param volumes what storage takes
 */
public record LatencyProfile(
    String name,
    Distribution apiRequest,
    long watchDelayNanos,
    ClientLimits schedulerLimits,
    ClientLimits controllerLimits,
    ClientLimits kubeletLimits,
    long schedulingAttemptNanos,
    long schedulingNodeNanos,
    long schedulingPodNanos,
    Distribution imagePullStart,
    long imageBytesPerSecond,
    Distribution sandboxStart,
    Distribution containerStart,
    Distribution readiness,
    Distribution containerStop,
    VolumeLatency volumes) {
  private static final long MILLISECOND = 1_000_000L;

  /** Nothing takes any time: what would happen with infinitely fast machines. */
  public static final LatencyProfile INSTANT =
      new LatencyProfile(
          "instant",
          Distribution.ZERO,
          0,
          ClientLimits.NONE,
          ClientLimits.NONE,
          ClientLimits.NONE,
          0,
          0,
          0,
          Distribution.ZERO,
          0,
          Distribution.ZERO,
          Distribution.ZERO,
          Distribution.ZERO,
          Distribution.ZERO,
          VolumeLatency.INSTANT);

  /**
   * A well-kept cluster with the limits that Kubernetes ships with (kube-scheduler 50/100,
   * kube-controller-manager 20/30 a controller, kubelet 50/100) and 300 scheduling attempts a
   * second at 5,000 nodes.
   */
  public static final LatencyProfile TYPICAL =
      new LatencyProfile(
          "typical",
          new Distribution.LogNormal(5 * MILLISECOND, 0.4),
          10 * MILLISECOND,
          new ClientLimits(50, 100),
          new ClientLimits(20, 30),
          new ClientLimits(50, 100),
          MILLISECOND / 3,
          600,
          0,
          new Distribution.LogNormal(300 * MILLISECOND, 0.3),
          100_000_000,
          new Distribution.LogNormal(300 * MILLISECOND, 0.3),
          new Distribution.LogNormal(500 * MILLISECOND, 0.4),
          new Distribution.LogNormal(1000 * MILLISECOND, 0.5),
          new Distribution.LogNormal(500 * MILLISECOND, 0.5),
          VolumeLatency.TYPICAL);

  /**
   * How long a scheduling attempt takes.
   *
   * @param nodes how many nodes are looked at
   * @param pods how many pods have a node
   */
  public long schedulingNanos(int nodes, int pods) {
    return schedulingAttemptNanos + schedulingNodeNanos * nodes + schedulingPodNanos * pods;
  }

  /**
   * A profile whose scheduling attempts take as long however many pods there are, and whose storage
   * takes no time.
   */
  public LatencyProfile(
      String name,
      Distribution apiRequest,
      long watchDelayNanos,
      ClientLimits schedulerLimits,
      ClientLimits controllerLimits,
      ClientLimits kubeletLimits,
      long schedulingAttemptNanos,
      long schedulingNodeNanos,
      Distribution imagePullStart,
      long imageBytesPerSecond,
      Distribution sandboxStart,
      Distribution containerStart,
      Distribution readiness,
      Distribution containerStop) {
    this(
        name,
        apiRequest,
        watchDelayNanos,
        schedulerLimits,
        controllerLimits,
        kubeletLimits,
        schedulingAttemptNanos,
        schedulingNodeNanos,
        0,
        imagePullStart,
        imageBytesPerSecond,
        sandboxStart,
        containerStart,
        readiness,
        containerStop,
        VolumeLatency.INSTANT);
  }
}

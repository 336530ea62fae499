package io.towtank.controllers.nodelifecycle;

/**
 * The flags of kube-controller-manager's node life cycle controller.
 *
 * @param monitorPeriodNanos {@code --node-monitor-period}
 * @param monitorGraceNanos {@code --node-monitor-grace-period}: so long without a heartbeat, and a
 *     node counts as lost
 * @param startupGraceNanos {@code --node-startup-grace-period}: as long may a new node take for its
 *     first
 * @param evictionRate {@code --node-eviction-rate}: nodes a second and zone that get NoExecute
 *     taints
 * @param secondaryEvictionRate {@code --secondary-node-eviction-rate}: the same in a zone that is
 *     partly lost and large
 * @param unhealthyZoneThreshold {@code --unhealthy-zone-threshold}: which part of a zone's nodes
 *     have to be lost for it to count as partly lost
 * @param largeClusterSize {@code --large-cluster-size-threshold}: zones of no more nodes are not
 *     evicted from while they are partly lost
 */
public record NodeLifecycleOptions(
    long monitorPeriodNanos,
    long monitorGraceNanos,
    long startupGraceNanos,
    double evictionRate,
    double secondaryEvictionRate,
    double unhealthyZoneThreshold,
    int largeClusterSize) {
  private static final long SECOND = 1_000_000_000L;

  /** As kube-controller-manager has them: 5 s, 50 s, 60 s, 0.1, 0.01, 55 %, 50. */
  public static final NodeLifecycleOptions DEFAULT =
      new NodeLifecycleOptions(5 * SECOND, 50 * SECOND, 60 * SECOND, 0.1, 0.01, 0.55, 50);
}

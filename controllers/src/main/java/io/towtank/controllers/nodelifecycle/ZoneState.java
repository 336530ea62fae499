package io.towtank.controllers.nodelifecycle;

/**
 * How much of a zone is lost (node_lifecycle_controller.go: ComputeZoneState).
 *
 * <pre>
 *   NORMAL: evictionRate          PARTIAL: secondaryEvictionRate, none where the zone is small
 *   FULL:   evictionRate, but none at all where every zone is FULL
 * </pre>
 */
enum ZoneState {
  /** No pass has looked at it yet. */
  INITIAL,
  NORMAL,
  PARTIAL,
  FULL;

  static ZoneState of(int ready, int notReady, double unhealthyThreshold) {
    if (ready == 0 && notReady > 0) {
      return FULL;
    }
    // As upstream, in single precision.
    boolean unhealthy = (float) notReady / (float) (notReady + ready) >= (float) unhealthyThreshold;
    return notReady > 2 && unhealthy ? PARTIAL : NORMAL;
  }

  /** How many nodes a second get NoExecute taints in a zone of that state. */
  double rate(int zoneSize, NodeLifecycleOptions options) {
    return switch (this) {
      case INITIAL, NORMAL, FULL -> options.evictionRate();
      case PARTIAL -> zoneSize > options.largeClusterSize() ? options.secondaryEvictionRate() : 0;
    };
  }
}

package io.towtank.controllers.nodelifecycle;

import io.towtank.api.ConditionStatus;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/** What the controller keeps of a node beside its object. All times are virtual nanoseconds. */
final class NodeHealth {
  final String name;

  /** Region and zone (component-helpers: GetZoneKey). */
  String zone;

  /** Whether the node counts for its zone's state. */
  boolean counted;

  /** What the last pass took the condition Ready for; null before the first. */
  @Nullable ConditionStatus ready;

  /** Whether the kubelet renews its lease without writing so: see HollowKubelets. */
  boolean renewsSilently;

  /** The last heartbeats seen, so that a new one is known: lease and condition Ready. */
  long renewTime = Timestamps.NONE;

  long heartbeatTime = Timestamps.NONE;

  /** The pass that saw the last heartbeat; the node is lost a grace period after it. */
  long probedNanos;

  /** Whether there ever was a condition Ready: before, the startup grace period counts. */
  boolean posted;

  /** The timer of the pass at which the node is lost unless it is heard of, 0 for none. */
  long lostTimer;

  /** Whether its pods are to be told not ready once the API knows of its loss. */
  boolean marksPods;

  /** Whether the next pass is to look at it. */
  boolean dirty;

  NodeHealth(String name, String zone) {
    this.name = name;
    this.zone = zone;
  }
}

package io.towtank.scheduler.plugins.defaultpreemption;

import io.towtank.api.ObjectKey;
import io.towtank.api.Timestamps;
import io.towtank.scheduler.state.NodePod;
import java.util.Comparator;

/** Which pods are more important (kube-scheduler: MoreImportantPod). */
final class Importance {
  private Importance() {}

  /** Higher priority first, then who started first; names decide what is left. */
  static Comparator<NodePod> mostImportantFirst(long nowNanos) {
    return Comparator.comparingInt((NodePod pod) -> -pod.info().priority())
        .thenComparingLong(pod -> startNanos(pod, nowNanos))
        .thenComparing(pod -> ObjectKey.of(pod.pod()));
  }

  /** When a pod started; one that has not counts as starting now. */
  static long startNanos(NodePod pod, long nowNanos) {
    long start = pod.pod().status().startTime();
    return start == Timestamps.NONE ? nowNanos : start;
  }
}

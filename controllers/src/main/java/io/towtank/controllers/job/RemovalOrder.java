package io.towtank.controllers.job;

import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.Pods;
import io.towtank.controllers.workload.Restarts;
import java.util.Comparator;

/**
 * Which pods a Job gives up first (pkg/controller: ActivePods): those without a node; Pending, then
 * Unknown; not ready; ready for a shorter time; with more restarts; younger.
 */
final class RemovalOrder {
  static final Comparator<Pod> FIRST_TO_GO =
      Comparator.<Pod>comparingInt(pod -> pod.nodeName() == null ? 0 : 1)
          .thenComparingInt(RemovalOrder::phase)
          .thenComparingInt(pod -> pod.isReady() ? 1 : 0)
          .thenComparing(RemovalOrder::readyNanos, RemovalOrder::youngerFirst)
          .thenComparingInt(pod -> -Restarts.most(pod))
          .thenComparingInt(pod -> -Restarts.mostOfSidecars(pod))
          .thenComparing(pod -> pod.metadata().creationTimestamp(), RemovalOrder::youngerFirst);

  private RemovalOrder() {}

  private static int phase(Pod pod) {
    PodPhase phase = pod.status().phase();
    return phase == PodPhase.PENDING ? 0 : phase == PodPhase.UNKNOWN ? 1 : 2;
  }

  private static long readyNanos(Pod pod) {
    PodCondition ready = Pods.ready(pod);
    return ready == null ? Timestamps.NONE : ready.lastTransitionTime();
  }

  /** No time comes before any. */
  private static int youngerFirst(long a, long b) {
    return a == Timestamps.NONE || b == Timestamps.NONE ? Long.compare(a, b) : Long.compare(b, a);
  }
}

package io.towtank.controllers.podgc;

import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import java.util.Comparator;

/** In which order pods that have ended go (podgc: byEvictionAndCreationTimestamp). */
final class OldestFirst {
  static final Comparator<Pod> ORDER =
      Comparator.comparing((Pod pod) -> !isEvicted(pod))
          .thenComparingLong(pod -> pod.metadata().creationTimestamp())
          .thenComparing(Pod::name);

  private OldestFirst() {}

  /** kubelet: eviction, PodIsEvicted. */
  private static boolean isEvicted(Pod pod) {
    return pod.status().phase() == PodPhase.FAILED && "Evicted".equals(pod.status().reason());
  }
}

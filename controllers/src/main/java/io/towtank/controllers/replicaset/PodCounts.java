package io.towtank.controllers.replicaset;

import io.towtank.api.Pod;
import io.towtank.controllers.workload.Pods;
import java.util.Map;

/**
 * The active pods of a ReplicaSet, counted.
 *
 * @param fullyLabeled those that bear all labels of the template
 * @param ready those that are ready
 * @param available those that have been ready for the set's minReadySeconds
 */
record PodCounts(int active, int fullyLabeled, int ready, int available) {
  /** These and one more. */
  PodCounts plus(Pod pod, Map<String, String> templateLabels, int minReadySeconds, long nowNanos) {
    return new PodCounts(
        active + 1,
        fullyLabeled + (bearsAll(pod, templateLabels) ? 1 : 0),
        ready + (pod.isReady() ? 1 : 0),
        available + (Pods.isAvailable(pod, minReadySeconds, nowNanos) ? 1 : 0));
  }

  // Pods made from the template share its label map, which makes the question cheap.
  @SuppressWarnings("ReferenceEquality")
  static boolean bearsAll(Pod pod, Map<String, String> templateLabels) {
    Map<String, String> labels = pod.metadata().labels();
    return labels == templateLabels || labels.entrySet().containsAll(templateLabels.entrySet());
  }
}

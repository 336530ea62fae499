package io.towtank.scheduler.plugins.podtopologyspread;

import io.towtank.scheduler.plugins.nodeaffinity.RequiredNodeAffinity;
import io.towtank.scheduler.plugins.tainttoleration.Tolerations;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.LabelColumn;
import io.towtank.scheduler.state.PodClass;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.PodSelector;

/**
 * A topology spread constraint, ready to be checked.
 *
 * @param honorAffinity whether only nodes count that the pod's node affinity allows
 * @param honorTaints whether only nodes count whose taints the pod tolerates
 */
record SpreadConstraint(
    int maxSkew,
    LabelColumn key,
    PodSelector selector,
    int minDomains,
    boolean honorAffinity,
    boolean honorTaints) {

  static final String HOSTNAME = "kubernetes.io/hostname";

  /** Whether pods on the row's node count (kube-scheduler: matchNodeInclusionPolicies). */
  boolean includes(ClusterState state, PodInfo pod, RequiredNodeAffinity affinity, int row) {
    return (!honorAffinity || affinity.matches(row))
        && (!honorTaints
            || Tolerations.firstUntolerated(state.taints(row), pod.spec().tolerations()) == null);
  }

  /** How many pods of a row the selector counts; those that are being deleted do not. */
  long countPods(ClusterState state, int row) {
    int[] classes = state.classes(row);
    long count = 0;
    for (int i = 0; i < classes.length && classes[i + 1] != 0; i += 2) {
      PodClass pods = state.podClass(classes[i]);
      if (!pods.terminating() && selector.matches(pods.labels())) {
        count += classes[i + 1];
      }
    }
    return count;
  }

  boolean isHostname() {
    return key.key().equals(HOSTNAME);
  }
}

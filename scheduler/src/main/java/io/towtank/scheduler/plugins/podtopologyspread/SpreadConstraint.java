package io.towtank.scheduler.plugins.podtopologyspread;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.plugins.nodeaffinity.RequiredNodeAffinity;
import io.towtank.scheduler.plugins.tainttoleration.Tolerations;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.LabelColumn;
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

  /** The same about no pods; how skewed they are does not matter. */
  SpreadConstraint blank() {
    return new SpreadConstraint(1, key, PodSelector.NOTHING, 1, honorAffinity, honorTaints);
  }

  /** Whether a row's node has the labels of all constraints. */
  static boolean haveKeys(ImmutableList<SpreadConstraint> constraints, int row) {
    for (int i = 0; i < constraints.size(); i++) {
      if (constraints.get(i).key().value(row) == LabelColumn.NONE) {
        return false;
      }
    }
    return true;
  }

  boolean isHostname() {
    return key.key().equals(HOSTNAME);
  }
}

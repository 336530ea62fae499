package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.state.AffinityTerm;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;

/**
 * Which events may help a pod that affinity turned down (kube-scheduler: EventsToRegister). Where
 * kube-scheduler 1.34 is known to miss some that help, such a pod is tried again here.
 */
final class PodEvents {
  private final ClusterState state;

  PodEvents(ClusterState state) {
    this.state = state;
  }

  ImmutableList<ClusterEventWithHint> registered() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.ADD | ClusterEvent.DELETE | ClusterEvent.UPDATE_POD_LABEL,
            this::podMayHelp),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.UNSCHEDULED_POD, ClusterEvent.UPDATE_POD_LABEL),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE,
            ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_LABEL,
            this::nodeMayHelp));
  }

  /** Where labels of namespaces select, it is those of now (kube-scheduler 1.34: none). */
  private boolean podMayHelp(
      Pod waitingPod, @Nullable KubeObject previous, @Nullable KubeObject current) {
    PodInfo waiting = state.info(waitingPod);
    PodInfo before = previous instanceof Pod pod ? state.info(pod) : null;
    if (!(current instanceof Pod came)) {
      return before != null && (keepsOff(waiting, before) || keepsOff(before, waiting));
    }
    PodInfo now = state.info(came);
    return before == null
        ? wants(waiting, now)
        : (!wants(waiting, before) && wants(waiting, now))
            || (keepsOff(waiting, before) && !keepsOff(waiting, now));
  }

  private static boolean wants(PodInfo waiting, PodInfo other) {
    ImmutableList<AffinityTerm> terms = waiting.terms().requiredAffinity();
    return !terms.isEmpty()
        && terms.stream().allMatch(term -> term.selector().matches(other.labelClass()));
  }

  private static boolean keepsOff(PodInfo owner, PodInfo other) {
    return owner.terms().requiredAntiAffinity().stream()
        .anyMatch(term -> term.selector().matches(other.labelClass()));
  }

  private boolean nodeMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    ImmutableList<AffinityTerm> affinity = state.info(waiting).terms().requiredAffinity();
    ImmutableList<AffinityTerm> apart = state.info(waiting).terms().requiredAntiAffinity();
    // A pod that need not be near others was turned down for those to keep off, also by their own
    // terms: there are none on a new node, whatever its labels are.
    if (previous == null && (affinity.isEmpty() || !apart.isEmpty())) {
      return true;
    }
    return affinity.stream().anyMatch(term -> comesToHave(term.topologyKey(), previous, current))
        || apart.stream().anyMatch(term -> comesToHave(term.topologyKey(), current, previous));
  }

  /** Whether a node has a label that it did not have before, or not with this value. */
  private static boolean comesToHave(
      String key, @Nullable KubeObject before, @Nullable KubeObject now) {
    String value = label(key, now);
    return value != null && !value.equals(label(key, before));
  }

  private static @Nullable String label(String key, @Nullable KubeObject object) {
    return object instanceof Node node ? node.metadata().labels().get(key) : null;
  }
}

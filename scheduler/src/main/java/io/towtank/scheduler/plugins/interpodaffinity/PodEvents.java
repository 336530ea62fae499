package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Affinity;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityTerm;
import io.towtank.api.Selector;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which events may help a pod that affinity turned down (kube-scheduler: EventsToRegister). */
final class PodEvents {
  static final ImmutableList<ClusterEventWithHint> REGISTERED =
      ImmutableList.of(
          ClusterEventWithHint.of(
              ClusterEvent.Resource.ASSIGNED_POD,
              ClusterEvent.ADD | ClusterEvent.DELETE | ClusterEvent.UPDATE_POD_LABEL,
              PodEvents::podMayHelp),
          ClusterEventWithHint.of(
              ClusterEvent.Resource.UNSCHEDULED_POD, ClusterEvent.UPDATE_POD_LABEL),
          ClusterEventWithHint.of(
              ClusterEvent.Resource.NODE,
              ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_LABEL,
              PodEvents::nodeMayHelp));

  private PodEvents() {}

  private static boolean podMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    if (current instanceof Pod came) {
      if (wants(waiting, came) && !(previous instanceof Pod before && wants(waiting, before))) {
        return true;
      }
      return previous instanceof Pod before
          && keepsOff(waiting, before)
          && !keepsOff(waiting, came);
    }
    return previous instanceof Pod left && (keepsOff(waiting, left) || keepsOff(left, waiting));
  }

  private static boolean wants(Pod waiting, Pod other) {
    Affinity affinity = waiting.spec().affinity();
    if (affinity == null || affinity.podAffinity() == null) {
      return false;
    }
    var terms = affinity.podAffinity().requiredDuringSchedulingIgnoredDuringExecution();
    return !terms.isEmpty() && terms.stream().allMatch(term -> matches(term, waiting, other));
  }

  private static boolean keepsOff(Pod owner, Pod other) {
    Affinity affinity = owner.spec().affinity();
    return affinity != null
        && affinity.podAntiAffinity() != null
        && affinity.podAntiAffinity().requiredDuringSchedulingIgnoredDuringExecution().stream()
            .anyMatch(term -> matches(term, owner, other));
  }

  /** Namespaces chosen by label are not looked up: such a term might match. */
  private static boolean matches(PodAffinityTerm term, Pod owner, Pod other) {
    String namespace = other.metadata().namespace();
    boolean inNamespace =
        term.namespaceSelector() != null
            || (term.namespaces().isEmpty()
                ? Objects.equals(namespace, owner.metadata().namespace())
                : term.namespaces().contains(Objects.requireNonNullElse(namespace, "default")));
    return inNamespace && Selector.of(term.labelSelector()).matches(other.metadata().labels());
  }

  private static boolean nodeMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    Affinity affinity = waiting.spec().affinity();
    if (!(current instanceof Node node) || affinity == null) {
      return previous == null;
    }
    return (affinity.podAffinity() != null
            && affinity.podAffinity().requiredDuringSchedulingIgnoredDuringExecution().stream()
                .anyMatch(term -> appears(term, previous, node)))
        || (affinity.podAntiAffinity() != null
            && affinity.podAntiAffinity().requiredDuringSchedulingIgnoredDuringExecution().stream()
                .anyMatch(term -> appears(term, previous, node) || previous == null))
        || previous == null;
  }

  private static boolean appears(PodAffinityTerm term, @Nullable KubeObject previous, Node node) {
    String now = node.metadata().labels().get(term.topologyKey());
    String before =
        previous instanceof Node old ? old.metadata().labels().get(term.topologyKey()) : null;
    return !Objects.equals(before, now);
  }
}

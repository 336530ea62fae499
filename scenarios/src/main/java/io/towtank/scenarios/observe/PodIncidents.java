package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateTerminated;
import io.towtank.api.ContainerStatus;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import io.towtank.store.CommitListener;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What befell pods, by reason: restarts of their containers, and disruptions, which is what
 * Kubernetes calls it when something else than its owner or a user ends a pod (condition
 * DisruptionTarget: evictions, taints, preemption, node pressure, lost nodes).
 */
public final class PodIncidents implements CommitListener {
  private static final String DISRUPTION_TARGET = "DisruptionTarget";

  private final Map<String, Long> restarts = new TreeMap<>();
  private final Map<String, Long> disruptions = new TreeMap<>();

  // The same instance means that nothing changed.
  @SuppressWarnings("ReferenceEquality")
  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    if (!(current instanceof Pod pod) || !(previous instanceof Pod before)) {
      return;
    }
    PodStatus was = before.status();
    PodStatus is = pod.status();
    if (was == is) {
      return;
    }
    if (was.containerStatuses() != is.containerStatuses()) {
      countRestarts(was.containerStatuses(), is.containerStatuses());
    }
    if (was.initContainerStatuses() != is.initContainerStatuses()) {
      countRestarts(was.initContainerStatuses(), is.initContainerStatuses());
    }
    if (was.conditions() != is.conditions()) {
      String reason = disruption(is);
      if (reason != null && disruption(was) == null) {
        disruptions.merge(
            is.reason() == null ? reason : reason + ", " + is.reason(), 1L, Long::sum);
      }
    }
  }

  private void countRestarts(
      ImmutableList<ContainerStatus> before, ImmutableList<ContainerStatus> now) {
    for (int i = 0; i < now.size(); i++) {
      ContainerStatus status = now.get(i);
      // Containers keep their order: that of the spec.
      int more = status.restartCount() - (i < before.size() ? before.get(i).restartCount() : 0);
      if (more > 0) {
        restarts.merge(reason(status.lastState()), (long) more, Long::sum);
      }
    }
  }

  private static String reason(@Nullable ContainerState state) {
    ContainerStateTerminated ended = state == null ? null : state.terminated();
    if (ended == null) {
      return "unknown";
    }
    String reason = ended.reason() == null ? "ended" : ended.reason();
    return reason.equals("Error") ? "Error, exit code " + ended.exitCode() : reason;
  }

  private static @Nullable String disruption(PodStatus status) {
    PodCondition condition = status.condition(DISRUPTION_TARGET);
    return condition != null && condition.status() == ConditionStatus.TRUE
        ? String.valueOf(condition.reason())
        : null;
  }

  /** How often containers were started again, by why they had ended; most frequent first. */
  public ImmutableList<Tally> restarts() {
    return Tally.mostFrequentFirst(restarts);
  }

  /** How many pods were disrupted, by the condition's reason; most frequent first. */
  public ImmutableList<Tally> disruptions() {
    return Tally.mostFrequentFirst(disruptions);
  }
}

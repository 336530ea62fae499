package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.component.ComponentContext;
import org.jspecify.annotations.Nullable;

/** Writes into a pod's status why it waits, where that changed (kube-scheduler: updatePod). */
final class SchedulingConditions {
  private static final String TYPE = "PodScheduled";
  private static final String REASON = "Unschedulable";

  private final ComponentContext context;

  SchedulingConditions(ComponentContext context) {
    this.context = context;
  }

  /**
   * The pod fits no node.
   *
   * @param nominatedNode null to leave the nomination as it is, empty to clear it
   */
  void unschedulable(Pod attempted, String message, @Nullable String nominatedNode) {
    Pod pod = current(attempted);
    PodStatus status = pod.status();
    String nominated = nominatedNode == null ? status.nominatedNodeName() : nominatedNode;
    if (nominated != null && nominated.isEmpty()) {
      nominated = null;
    }
    PodCondition before = condition(status);
    boolean same =
        before != null
            && before.status() == ConditionStatus.FALSE
            && REASON.equals(before.reason())
            && message.equals(before.message())
            && java.util.Objects.equals(nominated, status.nominatedNodeName());
    if (same) {
      return;
    }
    long since =
        before != null && before.status() == ConditionStatus.FALSE
            ? before.lastTransitionTime()
            : Timestamps.toSecond(context.simulation().epochNanos());
    PodCondition now =
        new PodCondition(
            TYPE, ConditionStatus.FALSE, Timestamps.NONE, since, REASON, message, Fields.NONE);
    write(
        pod,
        PodStatusBuilder.builder(status)
            .conditions(replace(status.conditions(), now))
            .nominatedNodeName(nominated)
            .build());
  }

  /** Sets a condition of a pod. */
  void set(Pod pod, PodCondition condition) {
    Pod current = current(pod);
    write(
        current,
        PodStatusBuilder.builder(current.status())
            .conditions(replace(current.status().conditions(), condition))
            .build());
  }

  /** Takes a pod's nomination back. */
  void clearNomination(Pod pod) {
    Pod current = current(pod);
    if (current.status().nominatedNodeName() != null) {
      write(current, PodStatusBuilder.builder(current.status()).nominatedNodeName(null).build());
    }
  }

  private Pod current(Pod attempted) {
    Pod known = context.informers().informer(Kinds.POD).get(ObjectKey.of(attempted));
    return known == null ? attempted : known;
  }

  private void write(Pod pod, PodStatus status) {
    // Revision 0: like a patch, it does not mind what else was written meanwhile.
    context
        .client()
        .updateStatus(
            pod.withStatus(status).withResourceVersion(0),
            (written, error) -> {
              // A pod that is gone meanwhile needs no status.
            });
  }

  private static @Nullable PodCondition condition(PodStatus status) {
    for (PodCondition condition : status.conditions()) {
      if (condition.type().equals(TYPE)) {
        return condition;
      }
    }
    return null;
  }

  private static ImmutableList<PodCondition> replace(
      ImmutableList<PodCondition> conditions, PodCondition changed) {
    ImmutableList.Builder<PodCondition> replaced = ImmutableList.builder();
    for (PodCondition condition : conditions) {
      if (!condition.type().equals(changed.type())) {
        replaced.add(condition);
      }
    }
    return replaced.add(changed).build();
  }
}

package io.towtank.scheduler;

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
import io.towtank.store.ApiException;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes into a pod's status why it waits, where that changed (kube-scheduler: updatePod). */
final class SchedulingConditions {
  private static final String TYPE = "PodScheduled";

  /** The reason where the pod fits nowhere. */
  static final String UNSCHEDULABLE = "Unschedulable";

  /** The reason where the pod could not be tried, or not be bound. */
  static final String SCHEDULER_ERROR = "SchedulerError";

  private final ComponentContext context;

  SchedulingConditions(ComponentContext context) {
    this.context = context;
  }

  /**
   * The pod was not placed.
   *
   * @param nominatedNode null to leave the nomination as it is, empty to clear it
   */
  void unscheduled(Pod attempted, String reason, String message, @Nullable String nominatedNode) {
    Pod pod = current(attempted);
    PodStatus status = pod.status();
    String nominated = nominatedNode == null ? status.nominatedNodeName() : nominatedNode;
    if (nominated != null && nominated.isEmpty()) {
      nominated = null;
    }
    PodCondition before = status.condition(TYPE);
    boolean same =
        before != null
            && before.status() == ConditionStatus.FALSE
            && reason.equals(before.reason())
            && message.equals(before.message())
            && Objects.equals(nominated, status.nominatedNodeName());
    if (same) {
      return;
    }
    long since =
        before != null && before.status() == ConditionStatus.FALSE
            ? before.lastTransitionTime()
            : Timestamps.toSecond(context.simulation().epochNanos());
    PodCondition now =
        new PodCondition(
            TYPE, ConditionStatus.FALSE, Timestamps.NONE, since, reason, message, Fields.NONE);
    String nominatedNow = nominated;
    patch(
        pod,
        current ->
            PodStatusBuilder.builder(current.withCondition(now))
                .nominatedNodeName(nominatedNow)
                .build());
  }

  /**
   * Sets a condition of a pod.
   *
   * @param done takes why that was not possible, null where it was
   */
  void set(Pod pod, PodCondition condition, Consumer<@Nullable ApiException> done) {
    patch(pod, current -> current.withCondition(condition), done);
  }

  /** Takes a pod's nomination back. */
  void clearNomination(Pod pod) {
    if (current(pod).status().nominatedNodeName() != null) {
      patch(pod, current -> PodStatusBuilder.builder(current).nominatedNodeName(null).build());
    }
  }

  private Pod current(Pod attempted) {
    Pod known = context.informers().informer(Kinds.POD).get(ObjectKey.of(attempted));
    return known == null ? attempted : known;
  }

  private void patch(Pod pod, UnaryOperator<PodStatus> change) {
    patch(
        pod,
        change,
        error -> {
          // A pod that is gone meanwhile needs no status.
        });
  }

  /** Changes nothing but what the scheduler has to say, whatever others wrote meanwhile. */
  private void patch(
      Pod pod, UnaryOperator<PodStatus> change, Consumer<@Nullable ApiException> done) {
    context
        .client()
        .patchStatus(
            Kinds.POD,
            ObjectKey.of(pod),
            current ->
                isAnother(current, pod)
                    ? current
                    : current.withStatus(change.apply(current.status())),
            (written, error) -> done.accept(error));
  }

  /** Whether a pod of the same name has taken the pod's place. */
  private static boolean isAnother(Pod current, Pod pod) {
    return !Objects.equals(current.metadata().uid(), pod.metadata().uid());
  }
}

package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How a pod is doing.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodStatus(
    PodPhase phase,
    ImmutableList<PodCondition> conditions,
    @Nullable String message,
    @Nullable String reason,
    @Nullable String nominatedNodeName,
    @Nullable String hostIP,
    @Nullable String podIP,
    @Rfc3339 long startTime,
    @Nullable String qosClass,
    ImmutableList<ContainerStatus> initContainerStatuses,
    ImmutableList<ContainerStatus> containerStatuses,
    Fields rest) {
  public PodStatus {
    // As the pod strategy of the API server does on creation.
    phase = phase == null ? PodPhase.PENDING : phase;
    conditions = conditions == null ? ImmutableList.of() : conditions;
    initContainerStatuses =
        initContainerStatuses == null ? ImmutableList.of() : initContainerStatuses;
    containerStatuses = containerStatuses == null ? ImmutableList.of() : containerStatuses;
    rest = rest == null ? Fields.NONE : rest;
  }

  /** The condition of a type, null where there is none. */
  public @Nullable PodCondition condition(String type) {
    return PodCondition.find(conditions, type);
  }

  /**
   * This status with a condition: in the place of the one of its type, else at the end
   * (podutil.UpdatePodCondition).
   */
  public PodStatus withCondition(PodCondition condition) {
    ImmutableList.Builder<PodCondition> changed =
        ImmutableList.builderWithExpectedSize(conditions.size() + 1);
    boolean replaced = false;
    for (PodCondition other : conditions) {
      boolean same = other.type().equals(condition.type());
      changed.add(same ? condition : other);
      replaced |= same;
    }
    if (!replaced) {
      changed.add(condition);
    }
    return PodStatusBuilder.builder(this).conditions(changed.build()).build();
  }
}

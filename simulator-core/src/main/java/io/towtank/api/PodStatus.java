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
}

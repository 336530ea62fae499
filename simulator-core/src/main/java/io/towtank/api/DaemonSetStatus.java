package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * On how many nodes the pod is, and on how many it should be.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record DaemonSetStatus(
    int currentNumberScheduled,
    int numberMisscheduled,
    int desiredNumberScheduled,
    int numberReady,
    @OmitEmpty long observedGeneration,
    @OmitEmpty int updatedNumberScheduled,
    @OmitEmpty int numberAvailable,
    @OmitEmpty int numberUnavailable,
    @Nullable Integer collisionCount,
    ImmutableList<Condition> conditions,
    Fields rest) {
  public DaemonSetStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How far a roll-out has come.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record DeploymentStatus(
    @OmitEmpty long observedGeneration,
    @OmitEmpty int replicas,
    @OmitEmpty int updatedReplicas,
    @OmitEmpty int readyReplicas,
    @OmitEmpty int availableReplicas,
    @OmitEmpty int unavailableReplicas,
    @Nullable Integer terminatingReplicas,
    ImmutableList<DeploymentCondition> conditions,
    @Nullable Integer collisionCount,
    Fields rest) {
  public DeploymentStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}

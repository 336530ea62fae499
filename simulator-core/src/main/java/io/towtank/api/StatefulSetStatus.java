package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many pods of which revision there are.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record StatefulSetStatus(
    @OmitEmpty long observedGeneration,
    int replicas,
    @OmitEmpty int readyReplicas,
    @OmitEmpty int currentReplicas,
    @OmitEmpty int updatedReplicas,
    int availableReplicas,
    @Nullable String currentRevision,
    @Nullable String updateRevision,
    @Nullable Integer collisionCount,
    ImmutableList<Condition> conditions,
    Fields rest) {
  public StatefulSetStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}

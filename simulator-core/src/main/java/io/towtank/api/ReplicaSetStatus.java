package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many pods there are.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ReplicaSetStatus(
    int replicas,
    @OmitEmpty int fullyLabeledReplicas,
    @OmitEmpty int readyReplicas,
    @OmitEmpty int availableReplicas,
    @Nullable Integer terminatingReplicas,
    @OmitEmpty long observedGeneration,
    ImmutableList<Condition> conditions,
    Fields rest) {
  public ReplicaSetStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}

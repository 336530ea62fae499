package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * How much disruption is allowed now.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodDisruptionBudgetStatus(
    @OmitEmpty long observedGeneration,
    int disruptionsAllowed,
    int currentHealthy,
    int desiredHealthy,
    int expectedPods,
    ImmutableList<Condition> conditions,
    Fields rest) {
  public PodDisruptionBudgetStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}

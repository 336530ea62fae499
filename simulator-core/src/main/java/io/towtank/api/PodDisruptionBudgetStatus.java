package io.towtank.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
  private static final String DISRUPTION_ALLOWED = "DisruptionAllowed";

  public PodDisruptionBudgetStatus {
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }

  /**
   * The conditions, with the one that says whether a disruption is allowed (component-helpers:
   * apps/poddisruptionbudget, UpdateDisruptionAllowedCondition).
   *
   * @param generation of the budget to which it applies
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public ImmutableList<Condition> conditionsWhere(
      ConditionStatus allowed, String reason, String message, long generation, long nowNanos) {
    Condition before = Condition.find(conditions, DISRUPTION_ALLOWED);
    ImmutableList.Builder<Condition> all = ImmutableList.builder();
    for (Condition condition : conditions) {
      if (!condition.type().equals(DISRUPTION_ALLOWED)) {
        all.add(condition);
      }
    }
    return all.add(
            new Condition(
                DISRUPTION_ALLOWED,
                allowed,
                before != null && before.status() == allowed
                    ? before.lastTransitionTime()
                    : Timestamps.toSecond(nowNanos),
                reason,
                message,
                Fields.NONE.with(
                    "observedGeneration", JsonNodeFactory.instance.numberNode(generation))))
        .build();
  }
}

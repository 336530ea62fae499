package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How fast a workload is scaled in one direction.
 *
 * @param selectPolicy Max, Min or Disabled
 * @param tolerance how far from its target a metric may be, as a fraction (KEP-4951)
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record HPAScalingRules(
    @Nullable Integer stabilizationWindowSeconds,
    @Nullable String selectPolicy,
    ImmutableList<HPAScalingPolicy> policies,
    @Nullable Quantity tolerance,
    Fields rest) {
  public HPAScalingRules {
    policies = policies == null ? ImmutableList.of() : policies;
    rest = rest == null ? Fields.NONE : rest;
  }
}

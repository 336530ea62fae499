package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What must stay up.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodDisruptionBudgetSpec(
    @Nullable IntOrString minAvailable,
    @Nullable LabelSelector selector,
    @Nullable IntOrString maxUnavailable,
    @Nullable String unhealthyPodEvictionPolicy,
    Fields rest) {
  public PodDisruptionBudgetSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}

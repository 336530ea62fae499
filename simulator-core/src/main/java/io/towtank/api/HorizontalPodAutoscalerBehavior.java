package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How fast a workload is scaled.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record HorizontalPodAutoscalerBehavior(
    @Nullable HPAScalingRules scaleUp, @Nullable HPAScalingRules scaleDown, Fields rest) {
  public HorizontalPodAutoscalerBehavior {
    rest = rest == null ? Fields.NONE : rest;
  }
}

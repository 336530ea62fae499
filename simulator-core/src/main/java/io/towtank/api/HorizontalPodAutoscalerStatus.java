package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What was decided last.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record HorizontalPodAutoscalerStatus(
    @Nullable Long observedGeneration,
    @Rfc3339 long lastScaleTime,
    @OmitEmpty int currentReplicas,
    int desiredReplicas,
    ImmutableList<MetricStatus> currentMetrics,
    ImmutableList<Condition> conditions,
    Fields rest) {
  public HorizontalPodAutoscalerStatus {
    currentMetrics = currentMetrics == null ? ImmutableList.of() : currentMetrics;
    conditions = conditions == null ? ImmutableList.of() : conditions;
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What is scaled, within which bounds.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record HorizontalPodAutoscalerSpec(
    CrossVersionObjectReference scaleTargetRef,
    @Nullable Integer minReplicas,
    int maxReplicas,
    ImmutableList<MetricSpec> metrics,
    @Nullable HorizontalPodAutoscalerBehavior behavior,
    Fields rest) {
  public HorizontalPodAutoscalerSpec {
    metrics = metrics == null ? ImmutableList.of() : metrics;
    rest = rest == null ? Fields.NONE : rest;
  }
}

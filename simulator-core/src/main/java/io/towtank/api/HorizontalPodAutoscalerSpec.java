package io.towtank.api;

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
    Fields rest) {
  public HorizontalPodAutoscalerSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}

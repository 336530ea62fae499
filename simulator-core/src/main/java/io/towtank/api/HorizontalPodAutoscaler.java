package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Sets a workload's replicas by its load.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record HorizontalPodAutoscaler(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    HorizontalPodAutoscalerSpec spec,
    @Nullable HorizontalPodAutoscalerStatus status,
    Fields rest)
    implements KubeObject {
  public HorizontalPodAutoscaler {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<HorizontalPodAutoscaler> kind() {
    return Kinds.HORIZONTAL_POD_AUTOSCALER;
  }

  @Override
  public HorizontalPodAutoscaler withMetadata(ObjectMeta metadata) {
    return new HorizontalPodAutoscaler(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public HorizontalPodAutoscaler withResourceVersion(long resourceVersion) {
    return new HorizontalPodAutoscaler(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public HorizontalPodAutoscaler withStatus(@Nullable HorizontalPodAutoscalerStatus status) {
    return new HorizontalPodAutoscaler(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public HorizontalPodAutoscaler withStatusOf(KubeObject other) {
    return withStatus(((HorizontalPodAutoscaler) other).status);
  }

  /** This object with another spec. */
  public HorizontalPodAutoscaler withSpec(HorizontalPodAutoscalerSpec spec) {
    return new HorizontalPodAutoscaler(metadata, resourceVersion, spec, status, rest);
  }
}

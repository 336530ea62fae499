package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a metric was when it was last read: the field that the type names.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record MetricStatus(
    String type,
    @Nullable ObjectMetricStatus object,
    @Nullable PodsMetricStatus pods,
    @Nullable ResourceMetricStatus resource,
    @Nullable ContainerResourceMetricStatus containerResource,
    @Nullable ExternalMetricStatus external,
    Fields rest) {
  public MetricStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

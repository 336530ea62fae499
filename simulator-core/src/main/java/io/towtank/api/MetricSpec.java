package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A metric by which a workload is scaled: the field that the type names.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record MetricSpec(
    String type,
    @Nullable ObjectMetricSource object,
    @Nullable PodsMetricSource pods,
    @Nullable ResourceMetricSource resource,
    @Nullable ContainerResourceMetricSource containerResource,
    @Nullable ExternalMetricSource external,
    Fields rest) {
  public MetricSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}

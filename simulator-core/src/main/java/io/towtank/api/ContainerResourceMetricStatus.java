package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What one container of each pod used of a resource.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerResourceMetricStatus(
    String name, MetricValueStatus current, String container, Fields rest) {
  public ContainerResourceMetricStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The use of a resource by one container of each pod.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerResourceMetricSource(
    String name, String container, MetricTarget target, Fields rest) {
  public ContainerResourceMetricSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

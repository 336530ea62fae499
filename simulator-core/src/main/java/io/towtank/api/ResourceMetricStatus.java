package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What pods used of a resource.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ResourceMetricStatus(String name, MetricValueStatus current, Fields rest) {
  public ResourceMetricStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

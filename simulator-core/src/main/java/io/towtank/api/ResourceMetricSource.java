package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The use of a resource by pods.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ResourceMetricSource(String name, MetricTarget target, Fields rest) {
  public ResourceMetricSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

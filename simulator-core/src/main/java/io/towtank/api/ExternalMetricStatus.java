package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What a metric of something outside of the cluster was.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ExternalMetricStatus(
    MetricIdentifier metric, MetricValueStatus current, Fields rest) {
  public ExternalMetricStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

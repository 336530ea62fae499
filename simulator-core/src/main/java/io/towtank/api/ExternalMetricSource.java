package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A metric of something outside of the cluster.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ExternalMetricSource(MetricIdentifier metric, MetricTarget target, Fields rest) {
  public ExternalMetricSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A metric that each pod has.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodsMetricSource(MetricIdentifier metric, MetricTarget target, Fields rest) {
  public PodsMetricSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

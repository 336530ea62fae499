package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What a metric of pods was.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodsMetricStatus(MetricIdentifier metric, MetricValueStatus current, Fields rest) {
  public PodsMetricStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

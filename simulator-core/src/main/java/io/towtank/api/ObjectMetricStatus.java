package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What a metric of an object was.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ObjectMetricStatus(
    MetricIdentifier metric,
    MetricValueStatus current,
    CrossVersionObjectReference describedObject,
    Fields rest) {
  public ObjectMetricStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

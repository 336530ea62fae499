package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A metric of an object.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ObjectMetricSource(
    CrossVersionObjectReference describedObject,
    MetricTarget target,
    MetricIdentifier metric,
    Fields rest) {
  public ObjectMetricSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

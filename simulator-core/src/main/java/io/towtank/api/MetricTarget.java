package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a metric is to be.
 *
 * @param type Utilization, Value or AverageValue
 * @param averageUtilization in percent of the pods' requests
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record MetricTarget(
    String type,
    @Nullable Quantity value,
    @Nullable Quantity averageValue,
    @Nullable Integer averageUtilization,
    Fields rest) {
  public MetricTarget {
    rest = rest == null ? Fields.NONE : rest;
  }
}

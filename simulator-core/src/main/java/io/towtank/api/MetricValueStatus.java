package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a metric was.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record MetricValueStatus(
    @Nullable Quantity value,
    @Nullable Quantity averageValue,
    @Nullable Integer averageUtilization,
    Fields rest) {
  public MetricValueStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

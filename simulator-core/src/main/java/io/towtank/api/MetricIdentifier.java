package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Names a metric.
 *
 * @param selector further narrows the series of the metric
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record MetricIdentifier(String name, @Nullable LabelSelector selector, Fields rest) {
  public MetricIdentifier {
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.adapter.MetricSeries;
import io.towtank.adapter.MetricsAdapter;
import io.towtank.metrics.MetricsServer;

/**
 * What autoscalers are told.
 *
 * @param resolutionNanos how often metrics-server reads what pods use
 * @param adapter how often custom and external metrics are read
 * @param series which of these there are
 */
public record Metrics(
    long resolutionNanos, MetricsAdapter.Options adapter, ImmutableList<MetricSeries> series) {
  /** What pods use, and nothing else. */
  public static final Metrics DEFAULT =
      new Metrics(
          MetricsServer.RESOLUTION_NANOS, MetricsAdapter.Options.DEFAULT, ImmutableList.of());
}

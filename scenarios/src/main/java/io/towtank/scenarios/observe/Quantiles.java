package io.towtank.scenarios.observe;

import org.HdrHistogram.Histogram;

/**
 * How durations are distributed, to three digits.
 *
 * @param count how many there are
 * @param p50 the median in nanoseconds, 0 where there are none
 * @param p90 nanoseconds that nine of ten do not exceed
 * @param p99 nanoseconds that 99 of 100 do not exceed
 * @param max the longest in nanoseconds
 */
public record Quantiles(long count, long p50, long p90, long p99, long max) {
  /** Of what a histogram of nanoseconds recorded. */
  public static Quantiles of(Histogram histogram) {
    return new Quantiles(
        histogram.getTotalCount(),
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(90),
        histogram.getValueAtPercentile(99),
        histogram.getMaxValue());
  }
}

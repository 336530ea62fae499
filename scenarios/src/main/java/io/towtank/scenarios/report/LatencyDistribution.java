package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How long something took, as buckets whose bounds are evenly spread over a logarithmic scale.
 *
 * @param name as in {@code created to scheduled}
 * @param count how many were measured
 * @param p50Nanos the median, and so on
 * @param buckets in order, without gaps; first and last are not empty
 */
public record LatencyDistribution(
    String name,
    long count,
    long p50Nanos,
    long p90Nanos,
    long p99Nanos,
    long maxNanos,
    ImmutableList<Bucket> buckets) {
  private static final int BUCKETS_PER_DECADE = 10;

  /** What took less is in the first bucket: nobody looks at microseconds here. */
  private static final double FIRST_BOUND_NANOS = 1e5;

  /**
   * How many took so long.
   *
   * @param fromNanos 0 for the very first bucket
   * @param toNanos exclusive
   */
  public record Bucket(double fromNanos, double toNanos, long count) {}

  /** The distribution of what a histogram has recorded, in nanoseconds. */
  public static LatencyDistribution of(String name, Histogram histogram) {
    if (histogram.getTotalCount() == 0) {
      return new LatencyDistribution(name, 0, 0, 0, 0, 0, ImmutableList.of());
    }
    int first = bucket(histogram.getMinValue());
    int last = bucket(histogram.getMaxValue());
    long[] counts = new long[last - first + 1];
    for (HistogramIterationValue value : histogram.recordedValues()) {
      // A histogram knows values to three digits: its highest equivalent may lie beyond the
      // maximum.
      int index = Math.min(bucket(value.getValueIteratedTo()), last) - first;
      counts[Math.max(0, index)] += value.getCountAtValueIteratedTo();
    }
    ImmutableList.Builder<Bucket> buckets = ImmutableList.builder();
    for (int i = 0; i < counts.length; i++) {
      buckets.add(new Bucket(bound(first + i), bound(first + i + 1), counts[i]));
    }
    return new LatencyDistribution(
        name,
        histogram.getTotalCount(),
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(90),
        histogram.getValueAtPercentile(99),
        histogram.getMaxValue(),
        buckets.build());
  }

  private static int bucket(long nanos) {
    return nanos < FIRST_BOUND_NANOS
        ? 0
        : 1 + (int) (Math.log10(nanos / FIRST_BOUND_NANOS) * BUCKETS_PER_DECADE);
  }

  private static double bound(int bucket) {
    return bucket == 0
        ? 0
        : FIRST_BOUND_NANOS * Math.pow(10, (bucket - 1) / (double) BUCKETS_PER_DECADE);
  }
}

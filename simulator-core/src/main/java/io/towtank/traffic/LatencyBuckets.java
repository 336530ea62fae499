package io.towtank.traffic;

/**
 * Counts of latencies in buckets, each {@value #PER_DECADE}th of a decade wide, from 10 µs to 1000
 * s; a quantile is read from them to within a few per cent.
 */
final class LatencyBuckets {
  static final int PER_DECADE = 16;
  static final int COUNT = 8 * PER_DECADE;

  private static final double LEAST_NANOS = 1e4;
  private static final double[] UPPER = upper();

  private LatencyBuckets() {}

  private static double[] upper() {
    double[] upper = new double[COUNT];
    for (int i = 0; i < COUNT; i++) {
      upper[i] = LEAST_NANOS * StrictMath.pow(10, (i + 1.0) / PER_DECADE);
    }
    return upper;
  }

  /** Where a bucket ends. Shorter latencies than the first begins with are in the first. */
  static double upperNanos(int bucket) {
    return UPPER[bucket];
  }

  private static double lowerNanos(int bucket) {
    return bucket == 0 ? 0 : UPPER[bucket - 1];
  }

  static double total(double[] counts) {
    double total = 0;
    for (double count : counts) {
      total += count;
    }
    return total;
  }

  /**
   * The latency in nanoseconds that a share of all stay below; 0 where nothing was counted. Within
   * a bucket latencies are taken to be spread evenly over their logarithms.
   */
  static double quantileNanos(double[] counts, double share) {
    double rank = total(counts) * share;
    if (rank <= 0) {
      return 0;
    }
    double below = 0;
    int last = 0;
    for (int i = 0; i < COUNT; i++) {
      if (counts[i] <= 0) {
        continue;
      }
      last = i;
      if (below + counts[i] >= rank) {
        double part = (rank - below) / counts[i];
        double lower = lowerNanos(i);
        return lower == 0 ? part * UPPER[i] : lower * StrictMath.pow(UPPER[i] / lower, part);
      }
      below += counts[i];
    }
    return UPPER[last];
  }
}

package io.towtank.controllers.verticalpodautoscaler;

/**
 * Buckets of values, each wider than the one before by the same ratio (vertical-pod-autoscaler:
 * util.NewExponentialHistogramOptions). What is beyond the last belongs to it.
 */
final class Buckets {
  private static final double RATIO = 1.05;

  /** Of CPU, in cores. */
  static final Buckets CPU = new Buckets(1000, 0.01);

  /** Of memory, in bytes. */
  static final Buckets MEMORY = new Buckets(1e12, 1e7);

  private final double first;
  private final double[] starts;

  /**
   * @param most the last bucket starts here or later
   * @param first how wide the first one is
   */
  private Buckets(double most, double first) {
    this.first = first;
    this.starts = new double[(int) Math.ceil(log(most * (RATIO - 1) / first + 1)) + 1];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = first * (StrictMath.pow(RATIO, i) - 1) / (RATIO - 1);
    }
  }

  int count() {
    return starts.length;
  }

  /** The bucket that a value belongs to. */
  int find(double value) {
    return value < first
        ? 0
        : Math.min(starts.length - 1, (int) log(value * (RATIO - 1) / first + 1));
  }

  /** Where a bucket starts. */
  double start(int bucket) {
    return starts[bucket];
  }

  private static double log(double value) {
    return StrictMath.log(value) / StrictMath.log(RATIO);
  }
}

package io.towtank.controllers.verticalpodautoscaler;

import io.towtank.api.Timestamps;

/**
 * How often which values occurred; a sample counts half as much as one that is a day younger
 * (vertical-pod-autoscaler: util.NewDecayingHistogram). Young samples are made to weigh more
 * instead of old ones less; before weights get too large for that, all are scaled down.
 */
final class DecayingHistogram {
  /** model: minSampleWeight. */
  static final double LEAST_WEIGHT = 0.1;

  /** What weighs less counts as nothing, so that a bucket of rounding errors is an empty one. */
  private static final double EPSILON = 0.001 * LEAST_WEIGHT;

  private static final long HALF_LIFE_NANOS = 24 * 3600 * 1_000_000_000L;
  private static final int MOST_HALF_LIVES = 100;

  private final Buckets buckets;
  private final double[] weights;
  private double total;
  private int lowest;
  private int highest;

  /** A sample of this time weighs what it weighs; a whole number of half-lives since 1970. */
  private long referenceNanos = Timestamps.NONE;

  DecayingHistogram(Buckets buckets) {
    this.buckets = buckets;
    this.weights = new double[buckets.count()];
    this.lowest = buckets.count() - 1;
  }

  /**
   * Adds a sample.
   *
   * @param atNanos when it was taken, in nanoseconds since 1970
   */
  void add(double value, double weight, long atNanos) {
    int bucket = buckets.find(value);
    double added = weight * growth(atNanos);
    weights[bucket] += added;
    total += added;
    if (weights[bucket] >= EPSILON) {
      lowest = Math.min(lowest, bucket);
      highest = Math.max(highest, bucket);
    }
  }

  /** Takes a sample back that was added. */
  void subtract(double value, double weight, long atNanos) {
    int bucket = buckets.find(value);
    double taken = weight * growth(atNanos);
    if (taken > weights[bucket] - EPSILON) {
      taken = weights[bucket];
    }
    weights[bucket] -= taken;
    total -= taken;
    findEnds();
  }

  /** Whether nothing in it counts any more. */
  boolean isEmpty() {
    return weights[lowest] < EPSILON;
  }

  /**
   * The end of the bucket below which that share of all weight is; 0 where there are no samples.
   */
  double percentile(double share) {
    if (isEmpty()) {
      return 0;
    }
    double threshold = share * total;
    double sum = 0;
    int bucket = lowest;
    while (bucket < highest) {
      sum += weights[bucket];
      if (sum >= threshold) {
        break;
      }
      bucket++;
    }
    return buckets.start(Math.min(bucket + 1, buckets.count() - 1));
  }

  private double growth(long atNanos) {
    if (referenceNanos == Timestamps.NONE
        || atNanos - referenceNanos > MOST_HALF_LIVES * HALF_LIFE_NANOS) {
      refer(Math.floorDiv(atNanos + HALF_LIFE_NANOS / 2, HALF_LIFE_NANOS) * HALF_LIFE_NANOS);
    }
    return StrictMath.pow(2, (double) (atNanos - referenceNanos) / HALF_LIFE_NANOS);
  }

  private void refer(long nanos) {
    if (referenceNanos != Timestamps.NONE) {
      double factor = Math.scalb(1.0, (int) ((referenceNanos - nanos) / HALF_LIFE_NANOS));
      for (int bucket = lowest; bucket <= highest; bucket++) {
        weights[bucket] *= factor;
      }
      total *= factor;
      findEnds();
    }
    referenceNanos = nanos;
  }

  private void findEnds() {
    while (weights[lowest] < EPSILON && lowest < weights.length - 1) {
      lowest++;
    }
    while (weights[highest] < EPSILON && highest > 0) {
      highest--;
    }
  }
}

package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Timestamps;
import java.util.Map;
import java.util.TreeMap;

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

  /** util: MaxCheckpointWeight. */
  private static final double SAVED_WEIGHT = 10_000;

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

  /** One of the same samples. */
  DecayingHistogram copy() {
    DecayingHistogram copy = new DecayingHistogram(buckets);
    System.arraycopy(weights, 0, copy.weights, 0, weights.length);
    copy.total = total;
    copy.lowest = lowest;
    copy.highest = highest;
    copy.referenceNanos = referenceNanos;
    return copy;
  }

  /**
   * As a checkpoint has it (util: SaveToChekpoint): weights as whole ten thousandths of the
   * greatest, and those that are none left out.
   */
  ObjectNode saved() {
    double most = 0;
    for (int bucket = lowest; bucket <= highest; bucket++) {
      most = Math.max(most, weights[bucket]);
    }
    ObjectNode saved = JsonNodeFactory.instance.objectNode();
    if (referenceNanos != Timestamps.NONE) {
      saved.put("referenceTimestamp", Timestamps.format(referenceNanos));
    }
    ObjectNode shares = saved.putObject("bucketWeights");
    for (int bucket = lowest; bucket <= highest && most > 0; bucket++) {
      long share = (long) Math.floor(weights[bucket] * (SAVED_WEIGHT / most) + 0.5);
      if (share > 0) {
        shares.put(Integer.toString(bucket), share);
      }
    }
    return saved.put("totalWeight", total);
  }

  /**
   * One that was {@link #saved}.
   *
   * @throws IllegalArgumentException where it was not
   */
  static DecayingHistogram restored(Buckets buckets, JsonNode saved) {
    DecayingHistogram histogram = new DecayingHistogram(buckets);
    double total = saved.path("totalWeight").asDouble();
    if (total < 0) {
      throw new IllegalArgumentException("cannot load checkpoint with negative weight " + total);
    }
    Map<Integer, Long> shares = new TreeMap<>();
    long sum = 0;
    for (Map.Entry<String, JsonNode> share : saved.path("bucketWeights").properties()) {
      int bucket = Integer.parseInt(share.getKey());
      if (bucket < 0 || bucket >= buckets.count()) {
        throw new IllegalArgumentException(
            "checkpoint has bucket %d, and there are %d".formatted(bucket, buckets.count()));
      }
      shares.put(bucket, share.getValue().asLong());
      sum += share.getValue().asLong();
    }
    if (sum > 0) {
      for (Map.Entry<Integer, Long> share : shares.entrySet()) {
        histogram.weights[share.getKey()] = share.getValue() * (total / sum);
        histogram.lowest = Math.min(histogram.lowest, share.getKey());
        histogram.highest = Math.max(histogram.highest, share.getKey());
      }
      histogram.total = total;
    }
    histogram.referenceNanos = Checkpoints.time(saved.path("referenceTimestamp"));
    return histogram;
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

package io.towtank.controllers.verticalpodautoscaler;

import io.towtank.api.Timestamps;

/**
 * What all containers of a name used that one autoscaler is about, those of pods that are gone
 * included (vertical-pod-autoscaler: model.AggregateContainerState).
 */
final class ContainerAggregate {
  private static final double DAY_NANOS = 24 * 3600e9;
  private static final double SAMPLES_OF_A_DAY = 24 * 60;

  /** For how long samples are kept: memory-aggregation-interval × -interval-count. */
  private static final double KEPT_DAYS = 8;

  private final DecayingHistogram cpu = new DecayingHistogram(Buckets.CPU);
  private final DecayingHistogram memoryPeaks = new DecayingHistogram(Buckets.MEMORY);
  private long firstNanos = Timestamps.NONE;
  private long lastNanos = Timestamps.NONE;
  private long samples;

  /**
   * Adds a sample of CPU use. It counts by what the container requests: when that is raised, what
   * was seen before counts for less.
   */
  void addCpu(long milli, long requestMilli, long atNanos) {
    cpu.add(
        milli / 1000.0, Math.max(requestMilli / 1000.0, DecayingHistogram.LEAST_WEIGHT), atNanos);
    firstNanos = firstNanos == Timestamps.NONE ? atNanos : Math.min(firstNanos, atNanos);
    lastNanos = Math.max(lastNanos, atNanos);
    samples++;
  }

  void addMemoryPeak(long bytes, long atNanos) {
    memoryPeaks.add((double) bytes, 1, atNanos);
  }

  void subtractMemoryPeak(long bytes, long atNanos) {
    memoryPeaks.subtract((double) bytes, 1, atNanos);
  }

  /** How many samples of CPU use there were. */
  long samples() {
    return samples;
  }

  /** In cores. */
  double cpu(double percentile) {
    return cpu.percentile(percentile);
  }

  /** In bytes. */
  double memory(double percentile) {
    return memoryPeaks.percentile(percentile);
  }

  /** For how many days there have been samples, one a minute (getConfidence). */
  double confidenceDays() {
    return samples == 0
        ? 0
        : Math.min((lastNanos - firstNanos) / DAY_NANOS, samples / SAMPLES_OF_A_DAY);
  }

  /** Whether all samples are too old to be of use. */
  boolean isExpired(long nowNanos) {
    return samples > 0 && nowNanos - lastNanos >= KEPT_DAYS * DAY_NANOS;
  }
}

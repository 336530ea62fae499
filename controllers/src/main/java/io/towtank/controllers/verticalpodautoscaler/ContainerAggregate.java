package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Timestamps;
import java.util.Collection;

/**
 * What all containers of a name used that one autoscaler is about, those of pods that are gone
 * included (vertical-pod-autoscaler: model.AggregateContainerState).
 */
final class ContainerAggregate {
  private static final double DAY_NANOS = 24 * 3600e9;
  private static final double SAMPLES_OF_A_DAY = 24 * 60;

  /** For how long samples are kept: memory-aggregation-interval × -interval-count. */
  private static final double KEPT_DAYS = 8;

  /** model: SupportedCheckpointVersion. */
  private static final String VERSION = "v3";

  private final DecayingHistogram cpu;
  private final DecayingHistogram memoryPeaks;
  private long firstNanos = Timestamps.NONE;
  private long lastNanos = Timestamps.NONE;
  private long samples;

  ContainerAggregate() {
    this(new DecayingHistogram(Buckets.CPU), new DecayingHistogram(Buckets.MEMORY));
  }

  private ContainerAggregate(DecayingHistogram cpu, DecayingHistogram memoryPeaks) {
    this.cpu = cpu;
    this.memoryPeaks = memoryPeaks;
  }

  /**
   * One that was {@link #saved}.
   *
   * @throws IllegalArgumentException where it was not, or by a recommender of another time
   */
  static ContainerAggregate restored(JsonNode status) {
    String version = status.path("version").asText();
    if (!version.equals(VERSION)) {
      throw new IllegalArgumentException("unsupported checkpoint version " + version);
    }
    ContainerAggregate restored =
        new ContainerAggregate(
            DecayingHistogram.restored(Buckets.CPU, status.path("cpuHistogram")),
            DecayingHistogram.restored(Buckets.MEMORY, status.path("memoryHistogram")));
    restored.samples = status.path("totalSamplesCount").asLong();
    restored.firstNanos = Checkpoints.time(status.path("firstSampleStart"));
    restored.lastNanos = Checkpoints.time(status.path("lastSampleStart"));
    return restored;
  }

  /**
   * As the status of a checkpoint has it.
   *
   * @param live containers; of those that are of this one the peaks of windows that are not over
   *     are left out
   */
  ObjectNode saved(Collection<ContainerSamples> live, long nowNanos) {
    DecayingHistogram peaks = memoryPeaks.copy();
    for (ContainerSamples container : live) {
      container.subtractPresentPeak(this, peaks, nowNanos);
    }
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.set("cpuHistogram", cpu.saved());
    status.set("memoryHistogram", peaks.saved());
    if (firstNanos != Timestamps.NONE) {
      status.put("firstSampleStart", Timestamps.format(firstNanos));
      status.put("lastSampleStart", Timestamps.format(lastNanos));
    }
    return status.put("totalSamplesCount", samples).put("version", VERSION);
  }

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

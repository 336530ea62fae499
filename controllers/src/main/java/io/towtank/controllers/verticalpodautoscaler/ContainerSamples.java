package io.towtank.controllers.verticalpodautoscaler;

import io.towtank.api.Timestamps;

/**
 * What one container used: its CPU sample by sample, of its memory the peak of each day
 * (vertical-pod-autoscaler: model.ContainerState). Times are in nanoseconds since 1970.
 */
final class ContainerSamples {
  private static final long WINDOW_NANOS = 24 * 3600 * 1_000_000_000L;
  // aggregations_config.go: DefaultOOMBumpUpRatio, DefaultOOMMinBumpUp
  private static final double OOM_RATIO = 1.2;
  private static final long OOM_LEAST_BYTES = 100L << 20;

  private final ContainerAggregate aggregate;
  private long lastCpuNanos = Timestamps.NONE;
  private long lastMemoryNanos = Timestamps.NONE;
  private long windowEndNanos = Timestamps.NONE;
  private long peak;
  private long oomPeak;

  ContainerSamples(ContainerAggregate aggregate) {
    this.aggregate = aggregate;
  }

  /** Notes a sample of CPU use; one that was noted before is left out. */
  void cpu(long milli, long requestMilli, long atNanos) {
    if (atNanos > lastCpuNanos) {
      aggregate.addCpu(milli, requestMilli, atNanos);
      lastCpuNanos = atNanos;
    }
  }

  /** Notes a sample of memory use. */
  void memory(long bytes, long atNanos) {
    if (atNanos >= lastMemoryNanos && note(bytes, atNanos)) {
      peak = bytes;
    }
  }

  /**
   * The container was killed for want of memory: it would have needed more than it had.
   *
   * @param requestBytes what it requests
   */
  void oom(long requestBytes, long atNanos) {
    if (windowEndNanos != Timestamps.NONE && atNanos < windowEndNanos - WINDOW_NANOS) {
      return;
    }
    // Without the peak of an earlier kill, or each would call for more than the one before.
    long used = Math.max(requestBytes, peak);
    long needed = Math.max(used + OOM_LEAST_BYTES, (long) (used * OOM_RATIO));
    if (note(needed, atNanos)) {
      oomPeak = needed;
    }
  }

  /**
   * Takes the peak of the window that is not over from the peaks of an aggregate, if it is this
   * container's (checkpoint: subtractCurrentContainerMemoryPeak).
   */
  @SuppressWarnings("ReferenceEquality") // It is about which one, not about what is in it.
  void subtractPresentPeak(ContainerAggregate of, DecayingHistogram peaks, long nowNanos) {
    long most = Math.max(peak, oomPeak);
    if (of == aggregate && nowNanos < windowEndNanos && most > 0) {
      peaks.subtract((double) most, 1, windowEndNanos);
    }
  }

  /** Whether the use is the peak of its window, which then is that of the aggregate. */
  private boolean note(long bytes, long atNanos) {
    lastMemoryNanos = atNanos;
    if (windowEndNanos == Timestamps.NONE) {
      windowEndNanos = atNanos;
    }
    if (atNanos < windowEndNanos) {
      long most = Math.max(peak, oomPeak);
      // A container that used nothing so far keeps that for the day (addMemorySample).
      if (most == 0 || bytes <= most) {
        return false;
      }
      aggregate.subtractMemoryPeak(most, windowEndNanos);
    } else {
      windowEndNanos += ((atNanos - windowEndNanos) / WINDOW_NANOS + 1) * WINDOW_NANOS;
      peak = 0;
      oomPeak = 0;
    }
    aggregate.addMemoryPeak(bytes, windowEndNanos);
    return true;
  }
}

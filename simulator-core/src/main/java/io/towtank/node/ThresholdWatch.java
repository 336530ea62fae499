package io.towtank.node;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which thresholds of one resource of a node are crossed, and since when.
 *
 * <p>A threshold is crossed where less is available than it says; one that had pods evicted stays
 * so until its minimum reclaim is available too. While any is, the node has its condition; when it
 * was for its grace period, pods are evicted (kubelet: eviction_manager.go, synchronize).
 */
final class ThresholdWatch {
  private static final long NOT_SEEN = Long.MIN_VALUE;

  private final ImmutableList<EvictionThreshold> thresholds;

  /** When each was first seen crossed. */
  private final long[] firstSeenNanos;

  /** Whether each was crossed for its grace period at the last look. */
  private final boolean[] met;

  ThresholdWatch(ImmutableList<EvictionThreshold> thresholds) {
    this.thresholds = thresholds;
    this.firstSeenNanos = new long[thresholds.size()];
    this.met = new boolean[thresholds.size()];
    forget();
  }

  /** Nothing was seen so far. */
  void forget() {
    Arrays.fill(firstSeenNanos, NOT_SEEN);
    Arrays.fill(met, false);
  }

  /** The highest bound; 0 where there is none. */
  long highest(long capacity) {
    long highest = 0;
    for (EvictionThreshold threshold : thresholds) {
      highest = Math.max(highest, threshold.value().of(capacity));
    }
    return highest;
  }

  /** A look at what is available. */
  void look(long availableBytes, long capacityBytes, long nowNanos) {
    for (int i = 0; i < met.length; i++) {
      EvictionThreshold threshold = thresholds.get(i);
      if (!isShort(threshold, availableBytes, capacityBytes, met[i])) {
        firstSeenNanos[i] = NOT_SEEN;
        met[i] = false;
      } else {
        firstSeenNanos[i] = firstSeenNanos[i] == NOT_SEEN ? nowNanos : firstSeenNanos[i];
        met[i] = nowNanos - firstSeenNanos[i] >= threshold.graceNanos();
      }
    }
  }

  /** Whether one was crossed at the last look, for however long. */
  boolean isCrossed() {
    for (long seen : firstSeenNanos) {
      if (seen != NOT_SEEN) {
        return true;
      }
    }
    return false;
  }

  /** For which one pods have to go; null where there is none. */
  @Nullable EvictionThreshold toReclaim() {
    for (int i = 0; i < met.length; i++) {
      if (met[i]) {
        return thresholds.get(i);
      }
    }
    return null;
  }

  /** Whether less is available than any threshold wants together with its minimum reclaim. */
  boolean isWanting(long availableBytes, long capacityBytes) {
    return thresholds.stream()
        .anyMatch(threshold -> isShort(threshold, availableBytes, capacityBytes, true));
  }

  private static boolean isShort(
      EvictionThreshold threshold, long availableBytes, long capacityBytes, boolean reclaiming) {
    long more = reclaiming ? threshold.minimumReclaim().of(capacityBytes) : 0;
    return availableBytes < threshold.value().of(capacityBytes) + more;
  }
}

package io.towtank.node;

import com.google.common.collect.ImmutableList;

/**
 * When kubelets evict pods because their nodes run short (KubeletConfiguration).
 *
 * @param thresholds hard ones before soft ones: where several are crossed, the first counts
 * @param maxPodGraceSeconds what pods get at most to end in order where a soft threshold is crossed
 * @param pressureTransitionNanos for how long a node's condition holds when what it told of is over
 */
public record EvictionOptions(
    ImmutableList<EvictionThreshold> thresholds,
    long maxPodGraceSeconds,
    long pressureTransitionNanos) {
  /** As kubelets have it where their configuration says nothing. */
  public static final EvictionOptions DEFAULT =
      new EvictionOptions(
          ImmutableList.of(
              hard(EvictionSignal.MEMORY_AVAILABLE, "100Mi"),
              hard(EvictionSignal.IMAGEFS_AVAILABLE, "15%"),
              hard(EvictionSignal.NODEFS_AVAILABLE, "10%"),
              hard(EvictionSignal.IMAGEFS_INODES_FREE, "5%"),
              hard(EvictionSignal.NODEFS_INODES_FREE, "5%")),
          0,
          300_000_000_000L);

  private static EvictionThreshold hard(EvictionSignal signal, String value) {
    return new EvictionThreshold(
        signal, EvictionThreshold.Amount.parse(value), 0, EvictionThreshold.Amount.NONE);
  }
}

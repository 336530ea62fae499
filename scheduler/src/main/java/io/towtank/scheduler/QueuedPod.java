package io.towtank.scheduler;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scheduler.state.PodInfo;

/**
 * A pod that waits for a node (kube-scheduler: QueuedPodInfo).
 *
 * <pre>
 *              fails                    event that may help
 *   ACTIVE ──▶ IN_FLIGHT ──▶ UNSCHEDULABLE ──▶ BACKOFF ──▶ ACTIVE
 *     ▲            │ error ──────────────────▶ BACKOFF
 *     │            └ bound or gone ▶ (out)
 *   GATED (PreEnqueue says no; looked at again when the pod changes)
 * </pre>
 */
final class QueuedPod {
  enum Place {
    ACTIVE,
    IN_FLIGHT,
    UNSCHEDULABLE,
    BACKOFF,
    GATED,
    OUT
  }

  final ObjectKey key;
  final long sequence;
  Pod pod;
  PodInfo info;
  Place place = Place.OUT;
  int heapIndex = -1;
  int attempts;
  int unschedulableCount;
  int errorCount;
  boolean failedWithError;
  long queuedAtNanos;
  long failedAtNanos;
  long backoffUntilNanos;
  ImmutableSet<String> rejectedBy = ImmutableSet.of();

  QueuedPod(Pod pod, PodInfo info, long sequence, long nowNanos) {
    this.key = ObjectKey.of(pod);
    this.pod = pod;
    this.info = info;
    this.sequence = sequence;
    this.queuedAtNanos = nowNanos;
  }
}

package io.towtank.scheduler;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;

/**
 * A pod that waits for a node (kube-scheduler: QueuedPodInfo).
 *
 * <pre>
 *              fails                    event that may help
 *   ACTIVE ──▶ IN_FLIGHT ──▶ UNSCHEDULABLE ──▶ BACKOFF ──▶ ACTIVE
 *     ▲            │ error ──────────────────▶ BACKOFF
 *     │            └ assumed, bound or gone ▶ OUT (back where the binding fails)
 *   GATED (PreEnqueue says no; looked at again when the pod changes, or what may help happens)
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

  /** When it came, or came back from its last attempt: those that have waited longest go first. */
  long sinceNanos;

  long backoffUntilNanos;

  /** Plugins that turned it down; what may help them may help the pod. */
  ImmutableSet<String> rejectedBy = ImmutableSet.of();

  /** The plugin whose PreEnqueue keeps it from being tried; null where none does. */
  @Nullable String gatedBy;

  /** Plugins that wait for something outside the scheduler; when it happens, no backoff is due. */
  ImmutableSet<String> pendingBy = ImmutableSet.of();

  QueuedPod(Pod pod, PodInfo info, long sequence, long nowNanos) {
    this.key = ObjectKey.of(pod);
    this.pod = pod;
    this.info = info;
    this.sequence = sequence;
    this.sinceNanos = nowNanos;
  }
}

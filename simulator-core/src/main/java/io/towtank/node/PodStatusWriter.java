package io.towtank.node;

import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import io.towtank.client.Reply;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the API what has become of a pod, one write at a time, and deletes the pod when that is due
 * (kubelet: status/status_manager.go).
 */
final class PodStatusWriter implements UnaryOperator<Pod>, Reply<Pod> {
  // kubelet: status manager's period, after which failed requests are tried again
  private static final long RETRY_NANOS = 10_000_000_000L;

  private final PodWorker worker;
  private final HollowKubelets kubelets;

  /** What was told last, or is about to be. */
  private PodStatus status;

  private @Nullable PodStatus pending;
  private boolean dirty;
  private boolean writing;
  private boolean deleting;
  private long retryTimer;

  PodStatusWriter(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
    this.status = worker.pod().status();
  }

  /** There is something new to tell. */
  void changed() {
    dirty = true;
  }

  /** Whether there is something that the API was not told yet. */
  boolean hasNews() {
    return dirty;
  }

  /** Whether an answer of the API is waited for, or the time to ask it again. */
  boolean isWriting() {
    return writing;
  }

  /** The kubelet itself is about to end the pod. */
  void disrupted(String message) {
    status = PodStatuses.disrupted(status, message, worker.nowSecond());
  }

  /** Someone else wrote a status: whether the kubelet's own part is to be put right again. */
  boolean isToCorrect(PodStatus seen) {
    if (worker.plan.spec.readinessGates().isEmpty()) {
      return !writing && !PodStatuses.merge(status, seen).equals(seen);
    }
    status = PodStatuses.merge(status, seen);
    return true;
  }

  /** Tells what there is to tell now. */
  void write() {
    dirty = false;
    status =
        kubelets.statuses().compose(worker.statusInput(status.podIP()), status, worker.nowSecond());
    pending = status;
    writing = true;
    HollowKubelet node = worker.node;
    if (node.isolation != null) {
      node.isolation.hold(this::writeWhatIsNow);
      return;
    }
    // kubelet: the status manager reads the pod before it patches its status
    kubelets.requests().patchStatus(node, ObjectKey.of(worker.pod()), this);
  }

  /** The API can be told again: the newest, and not what there was when it could not. */
  private void writeWhatIsNow() {
    if (!worker.isAbandoned()) {
      writing = false;
      pending = null;
      dirty = true;
      worker.settle();
    }
  }

  /** The pod as the API has it, with the status that was sent. */
  @Override
  public Pod apply(Pod stored) {
    if (worker.isAbandoned() || pending == null || !isSamePod(stored)) {
      return stored;
    }
    PodStatus merged = PodStatuses.merge(pending, stored.status());
    return merged.equals(stored.status()) ? stored : stored.withStatus(merged);
  }

  @Override
  public void answer(@Nullable Pod stored, @Nullable ApiException error) {
    if (worker.isAbandoned()) {
      return;
    }
    writing = false;
    pending = null;
    if (stored != null && isSamePod(stored)) {
      kubelets.seen(worker.row, stored);
      worker.settle();
    } else if (stored != null) {
      // Another pod has the name now: the watch is about to tell that this one is gone.
      return;
    } else if (error == null || error.reason() != ApiException.Reason.NOT_FOUND) {
      dirty = true;
      writing = true;
      retryLater(() -> writing = false);
    }
  }

  private boolean isSamePod(Pod other) {
    return PodTable.uid(other).equals(PodTable.uid(worker.pod()));
  }

  private void retryLater(Runnable begin) {
    retryTimer =
        kubelets.schedule(
            RETRY_NANOS,
            () -> {
              retryTimer = 0;
              begin.run();
              worker.settle();
            });
  }

  /** The API knows of the pod's end. Where it is to be deleted, now it can be. */
  void finish() {
    Pod pod = worker.pod();
    Long grace = pod.metadata().deletionGracePeriodSeconds();
    if (pod.metadata().deletionTimestamp() == Timestamps.NONE) {
      kubelets.podEnded(worker.row);
      return;
    }
    if (deleting || (grace != null && grace == 0)) {
      return;
    }
    deleting = true;
    kubelets
        .requests()
        .delete(
            worker.node,
            ObjectKey.of(pod),
            new DeleteOptions(0L, DeleteOptions.Propagation.BACKGROUND, pod.metadata().uid()),
            (deleted, error) -> {
              boolean gone = error == null || error.reason() == ApiException.Reason.NOT_FOUND;
              if (!gone && !worker.isAbandoned()) {
                retryLater(() -> deleting = false);
              }
            });
  }

  void cancelTimer() {
    kubelets.cancel(retryTimer);
  }
}

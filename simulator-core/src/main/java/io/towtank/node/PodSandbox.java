package io.towtank.node;

import com.google.common.collect.ImmutableList;

/**
 * What a pod needs before its first container: volumes that are attached and mounted, files that
 * are there, an address and a sandbox (kubelet: volumemanager, kuberuntime: createPodSandbox). Each
 * is waited for or tried again; {@link PodWorker#sandboxCreated} is told when all is there.
 */
final class PodSandbox {
  private static final long SECOND = 1_000_000_000L;
  // kubelet: the sync of a pod is tried again after backOffPeriod
  private static final long RETRY_NANOS = 10 * SECOND;
  // pkg/util/goroutinemap/exponentialbackoff: between tries to mount a volume
  private static final long FIRST_MOUNT_BACKOFF_NANOS = SECOND / 2;
  private static final long LAST_MOUNT_BACKOFF_NANOS = 122 * SECOND;

  private final PodWorker worker;
  private final HollowKubelets kubelets;
  private long timer;
  private long failedNanos;

  /** Whether an address has become free for a sandbox that had none. */
  private boolean retrying;

  /** The back-off between tries to mount, when the next is due, and when it is complained. */
  private long mountBackoffNanos;

  private long mountAtNanos;
  private long mountTimeoutNanos;

  PodSandbox(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
  }

  /** Begins to get all that the pod needs. */
  void create() {
    if (!worker.plan.usesClaims) {
      make();
    } else if (kubelets.volumes().awaitAttached(worker, worker.pod())) {
      mountVolumes();
    }
  }

  /** The pod's volumes are attached to its node. */
  void mountVolumes() {
    long delay = kubelets.latency().volumes().mount().sampleNanos(worker.node.random);
    if (delay == 0) {
      make();
    } else {
      later(delay, this::make);
    }
  }

  private void make() {
    if (!worker.plan.volumeReferences.isEmpty() && !filesAreThere()) {
      return;
    }
    long delay =
        worker.node.slowed(kubelets.latency().sandboxStart().sampleNanos(worker.node.random));
    if (delay == 0) {
      finish();
    } else {
      later(delay, this::finish);
    }
  }

  /** Whether all that volumes bring is there; where not, it is looked for again later. */
  private boolean filesAreThere() {
    ImmutableList<PodConfiguration.Unmounted> unmounted =
        kubelets.configuration().unmounted(worker.pod(), worker.plan);
    if (unmounted.isEmpty()) {
      return true;
    }
    for (PodConfiguration.Unmounted volume : unmounted) {
      failedMount(
          "MountVolume.SetUp failed for volume \"" + volume.volume() + "\" : " + volume.problem());
    }
    long now = kubelets.now();
    if (mountBackoffNanos == 0) {
      mountBackoffNanos = FIRST_MOUNT_BACKOFF_NANOS;
      mountTimeoutNanos = now + PodVolumes.TIMEOUT_NANOS;
    } else {
      mountBackoffNanos = Math.min(2 * mountBackoffNanos, LAST_MOUNT_BACKOFF_NANOS);
    }
    if (now >= mountTimeoutNanos) {
      mountTimeoutNanos = now + PodVolumes.TIMEOUT_NANOS;
      failedMount(
          PodVolumes.timedOut(unmounted.stream().map(PodConfiguration.Unmounted::volume).toList()));
    }
    mountAtNanos = now + mountBackoffNanos;
    timer = kubelets.scheduleBackground(mountBackoffNanos, this::mountRetried);
    kubelets.configuration().await(worker);
    return false;
  }

  private void failedMount(String message) {
    kubelets.event(worker.pod(), "Warning", "FailedMount", message);
  }

  private void mountRetried() {
    timer = 0;
    mountAtNanos = 0;
    make();
    worker.settle();
  }

  /** A ConfigMap or Secret is new or has changed: the next try to mount may succeed. */
  void configurationChanged() {
    if (mountAtNanos != 0 && timer != 0) {
      kubelets.cancel(timer);
      timer = kubelets.schedule(mountAtNanos - kubelets.now(), this::mountRetried);
    }
  }

  private void finish() {
    if (worker.plan.hostNetwork || kubelets.addresses().take(worker.node, worker.row)) {
      worker.sandboxCreated();
      return;
    }
    kubelets.event(
        worker.pod(),
        "Warning",
        "FailedCreatePodSandBox",
        "Failed to create pod sandbox: no IP addresses available in range set: " + worker.node.ips);
    failedNanos = kubelets.now();
    kubelets.addresses().await(worker.node, worker);
  }

  /** An address has become free: the next try to make a sandbox will succeed. */
  void retry() {
    long now = kubelets.now();
    long tries = Math.ceilDiv(now - failedNanos, RETRY_NANOS);
    retrying = true;
    later(
        failedNanos + Math.max(1, tries) * RETRY_NANOS - now,
        () -> {
          retrying = false;
          finish();
        });
  }

  /** The pod stops: others may have the address that it waits for. */
  void giveUp() {
    kubelets.addresses().stopWaiting(worker.node, worker, retrying);
  }

  void cancelTimer() {
    kubelets.cancel(timer);
    timer = 0;
    mountAtNanos = 0;
  }

  private void later(long delayNanos, Runnable action) {
    timer =
        kubelets.schedule(
            delayNanos,
            () -> {
              timer = 0;
              action.run();
              worker.settle();
            });
  }
}

package io.towtank.node;

/**
 * What a container does whose image cannot be had. The pod is synced again every 10 to 15 s; each
 * sync first tells what the one before found, then tries again if the back-off is over, which is 10
 * s, doubling up to 5 min (kubelet: images, EnsureImageExists; pod_workers.go, completeWork). The
 * first failure is followed by a sync at once, for the sandbox that has started.
 */
final class ImageBackOff {
  private static final String ERR_IMAGE_PULL = "ErrImagePull";
  private static final String ERR_IMAGE_NEVER_PULL = "ErrImageNeverPull";
  private static final String INVALID_IMAGE_NAME = "InvalidImageName";
  private static final String IMAGE_PULL_BACK_OFF = "ImagePullBackOff";

  private final PodWorker worker;
  private final HollowKubelets kubelets;

  ImageBackOff(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
  }

  /** An image may not be pulled, and is not there: meanwhile another pod may bring it. */
  void absent(int i) {
    cannotBegin(
        i,
        ERR_IMAGE_NEVER_PULL,
        ERR_IMAGE_NEVER_PULL,
        "Container image \"" + worker.image(i) + "\" is not present with pull policy of Never");
  }

  /** No image can be called so: the kubelet tries it again all the same. */
  void misnamed(int i, String mistake) {
    cannotBegin(
        i,
        INVALID_IMAGE_NAME,
        "InspectFailed",
        "Failed to apply default image tag \"" + worker.image(i) + "\": " + mistake);
  }

  private void cannotBegin(int i, String reason, String event, String message) {
    HollowContainer container = worker.containers[i];
    container.await(reason, message);
    warn(event, message);
    warn("Failed", "Error: " + reason);
    worker.changed();
    container.lifeTimer =
        kubelets.scheduleBackground(
            worker.syncBackOffNanos(),
            () -> {
              container.lifeTimer = 0;
              worker.begin(i);
              worker.settle();
            });
  }

  /** A pull has failed. */
  void failed(int i) {
    HollowContainer container = worker.containers[i];
    long now = kubelets.now();
    container.pullBackoffNanos =
        BackOff.next(container.pullBackoffNanos, container.pullFailedNanos, now);
    container.pullFailedNanos = now;
    container.backsOffFromPull = false;
    warn("Failed", "Failed to pull image \"" + worker.image(i) + "\": it cannot be had");
    warn("Failed", "Error: " + ERR_IMAGE_PULL);
    if (container.waitingReason == null) {
      await(i);
      backOff(i);
    }
    syncLater(i);
  }

  private void await(int i) {
    HollowContainer container = worker.containers[i];
    String reason = container.backsOffFromPull ? IMAGE_PULL_BACK_OFF : ERR_IMAGE_PULL;
    if (!reason.equals(container.waitingReason)) {
      container.await(
          reason,
          container.backsOffFromPull
              ? "Back-off pulling image \"" + worker.image(i) + "\": ErrImagePull: it cannot be had"
              : "it cannot be had");
      worker.changed();
    }
  }

  private void backOff(int i) {
    worker.containers[i].backsOffFromPull = true;
    kubelets.event(
        worker.pod(), "Normal", "BackOff", "Back-off pulling image \"" + worker.image(i) + "\"");
    warn("Failed", "Error: " + IMAGE_PULL_BACK_OFF);
  }

  private void syncLater(int i) {
    HollowContainer container = worker.containers[i];
    Runnable sync =
        () -> {
          container.lifeTimer = 0;
          await(i);
          if (kubelets.now() - container.pullFailedNanos < container.pullBackoffNanos) {
            backOff(i);
            syncLater(i);
          } else {
            worker.begin(i);
          }
          worker.settle();
        };
    // What fails for ever keeps no run from being idle.
    boolean hopeless =
        container.pullBackoffNanos >= BackOff.LAST_NANOS
            && !kubelets.images().registryComesBack()
            && kubelets.images().fails(worker.node, worker.plan, i);
    container.lifeTimer =
        hopeless
            ? kubelets.scheduleBackground(worker.syncBackOffNanos(), sync)
            : kubelets.schedule(worker.syncBackOffNanos(), sync);
  }

  private void warn(String reason, String message) {
    kubelets.event(worker.pod(), "Warning", reason, message);
  }
}

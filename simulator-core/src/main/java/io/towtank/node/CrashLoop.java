package io.towtank.node;

import io.towtank.api.Pod;

/**
 * Starts containers that have ended again: the first time at once, then after a {@link BackOff}
 * (kuberuntime: doBackOff).
 */
final class CrashLoop {
  private static final long SECOND = 1_000_000_000L;

  private final PodWorker worker;
  private final HollowKubelets kubelets;

  CrashLoop(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
  }

  /**
   * A container has ended and is to run again.
   *
   * @param byFault whether a fault ended it, which does not do so for ever
   */
  void restart(int i, boolean byFault) {
    HollowContainer container = worker.containers[i];
    long now = kubelets.now();
    long delay =
        BackOff.isKnown(container.backoffNanos, container.backoffAtNanos, now)
            ? container.backoffNanos
            : 0;
    container.backoffNanos = BackOff.next(container.backoffNanos, container.backoffAtNanos, now);
    container.backoffAtNanos = now + delay;
    if (delay == 0) {
      kubelets.containerRestarted();
      worker.begin(i);
      return;
    }
    tell(i, delay);
    Runnable restart =
        () -> {
          container.lifeTimer = 0;
          kubelets.containerRestarted();
          worker.begin(i);
          worker.settle();
        };
    // A container that crashes for ever keeps no run from being idle.
    container.lifeTimer =
        delay < BackOff.LAST_NANOS || byFault
            ? kubelets.schedule(delay, restart)
            : kubelets.scheduleBackground(delay, restart);
  }

  private void tell(int i, long delayNanos) {
    Pod pod = worker.pod();
    worker.containers[i].await(
        "CrashLoopBackOff",
        "back-off "
            + text(delayNanos)
            + " restarting failed container="
            + worker.name(i)
            + " pod="
            + pod.name()
            + "_"
            + pod.metadata().namespace()
            + "("
            + pod.metadata().uid()
            + ")");
    kubelets.event(
        pod, "Warning", "BackOff", "Back-off restarting failed container " + worker.name(i));
  }

  /** As Go prints a duration of whole seconds: 10s, 1m20s, 5m0s. */
  private static String text(long nanos) {
    long seconds = nanos / SECOND;
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
  }
}

package io.towtank.node;

import io.towtank.api.Probe;

/**
 * Stops a pod: its containers first, then its sidecars in reverse order, all within the grace
 * period; what has not stopped by then is killed (kuberuntime: killContainersWithSyncResult). When
 * each will have stopped, and how, is worked out at the beginning.
 */
final class PodTermination {
  /** With what a process exits that is killed. */
  static final int KILLED = 137;

  private static final long SECOND = 1_000_000_000L;
  // kubelet: minimumGracePeriodInSeconds
  private static final long LEAST_GRACE_SECONDS = 2;

  private final PodWorker worker;
  private final HollowKubelets kubelets;
  private long timer;
  private long stopAtNanos;

  PodTermination(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
  }

  /** Begins to stop the pod; {@link PodWorker#stopped} is told when nothing runs any more. */
  void begin(long graceSeconds) {
    HollowContainer[] containers = worker.containers;
    int initCount = worker.plan.initCount;
    long graceNanos = graceNanos(graceSeconds);
    long last = 0;
    for (int i = initCount; i < containers.length; i++) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        last = Math.max(last, planEnd(i, 0, graceNanos));
      }
    }
    for (int i = initCount - 1; i >= 0; i--) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        last = planEnd(i, last, graceNanos);
      }
    }
    if (last == 0) {
      worker.stopped();
    } else {
      stopAt(kubelets.now() + last);
    }
  }

  /** The pod stops already, and has less time to do so from now on. */
  void hurry(long graceSeconds) {
    long end = kubelets.now() + graceNanos(graceSeconds);
    if (end >= stopAtNanos) {
      return;
    }
    kubelets.cancel(timer);
    for (HollowContainer container : worker.containers) {
      if (container.state == HollowContainer.State.RUNNING) {
        container.exitCode = KILLED;
        container.finishedAt = worker.second(end);
      }
    }
    stopAt(end);
  }

  /** How long a container takes to stop that fails a probe (KEP-2238). */
  long nanosToStop(int i, Probe probe) {
    Long own = probe.terminationGracePeriodSeconds();
    return stop(i, 0, graceNanos(own == null ? worker.plan.graceSeconds : own)).nanos();
  }

  void cancelTimer() {
    kubelets.cancel(timer);
    timer = 0;
  }

  private static long graceNanos(long seconds) {
    return Math.max(LEAST_GRACE_SECONDS, seconds) * SECOND;
  }

  /** When a running container will have stopped, counted from now; its end is written down. */
  private long planEnd(int i, long signalNanos, long graceNanos) {
    HollowContainer container = worker.containers[i];
    Stop stop = stop(i, signalNanos, graceNanos);
    kubelets.usualEvent(worker.pod(), "Killing", () -> "Stopping container " + worker.name(i));
    container.exitCode = stop.killed() ? KILLED : 0;
    container.finishedAt = worker.second(kubelets.now() + stop.nanos());
    return stop.nanos();
  }

  /**
   * How a container stops.
   *
   * @param nanos after how long, counted from when its pod or it is to stop
   * @param killed whether it did not stop by itself in time
   */
  private record Stop(long nanos, boolean killed) {}

  /**
   * How a container will stop. Its hook runs within the grace period; however long that was, two
   * seconds are left for the process (kuberuntime: killContainer).
   *
   * @param signalNanos after which it is its turn
   */
  private Stop stop(int i, long signalNanos, long graceNanos) {
    long hook =
        Math.min(
            Hooks.preStopNanos(
                kubelets.behaviour(),
                worker.pod(),
                worker.plan.containers.get(i),
                worker.node.random),
            graceNanos);
    long own = kubelets.latency().containerStop().sampleNanos(worker.node.random);
    long told = Math.min(signalNanos + hook, graceNanos);
    long last = hook == 0 ? graceNanos : Math.max(graceNanos, told + LEAST_GRACE_SECONDS * SECOND);
    return new Stop(Math.min(told + own, last), told + own > last);
  }

  private void stopAt(long nanos) {
    stopAtNanos = nanos;
    timer =
        kubelets.schedule(
            nanos - kubelets.now(),
            () -> {
              timer = 0;
              worker.stopped();
              worker.settle();
            });
  }
}

package io.towtank.node;

import io.towtank.api.Pod;
import java.util.function.IntConsumer;

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
    // kubelet: calculateEffectiveGracePeriod
    long grace = Math.max(1, graceSeconds);
    long last = 0;
    for (int i = initCount; i < containers.length; i++) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        last = Math.max(last, planEnd(i, 0, grace));
      }
    }
    for (int i = initCount - 1; i >= 0; i--) {
      if (containers[i].state == HollowContainer.State.RUNNING) {
        last = Math.max(last, planEnd(i, last, grace));
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
    long end = kubelets.now() + Math.max(LEAST_GRACE_SECONDS, graceSeconds) * SECOND;
    if (end >= stopAtNanos) {
      return;
    }
    kubelets.cancel(timer);
    long endSecond = worker.second(end);
    for (HollowContainer container : worker.containers) {
      if (container.state == HollowContainer.State.RUNNING && container.finishedAt >= endSecond) {
        container.exitCode = KILLED;
        container.finishedAt = endSecond;
      }
    }
    stopAt(end);
  }

  /**
   * Kills a container whose pod goes on.
   *
   * @param ended is told its exit code when it has stopped
   */
  void kill(int i, long graceSeconds, IntConsumer ended) {
    HollowContainer container = worker.containers[i];
    Stop stop = stop(i, 0, graceSeconds);
    container.lifeTimer =
        kubelets.schedule(
            stop.nanos(),
            () -> {
              container.lifeTimer = 0;
              ended.accept(stop.exitCode());
              worker.settle();
            });
  }

  void cancelTimer() {
    kubelets.cancel(timer);
    timer = 0;
  }

  /** When a running container will have stopped, counted from now; its end is written down. */
  private long planEnd(int i, long turnNanos, long graceSeconds) {
    HollowContainer container = worker.containers[i];
    kubelets.usualEvent(worker.pod(), "Killing", () -> "Stopping container " + worker.name(i));
    Stop stop = stop(i, turnNanos, graceSeconds);
    container.exitCode = stop.exitCode();
    container.finishedAt = worker.second(kubelets.now() + stop.nanos());
    return stop.nanos();
  }

  /**
   * How a container stops.
   *
   * @param nanos after how long, counted from when its pod or it is to stop
   * @param exitCode {@link #KILLED} where it did not stop by itself in time
   */
  private record Stop(long nanos, int exitCode) {}

  /**
   * How a container will stop. First its hook runs, then it waits for its turn, both within the
   * grace period; however long that was, two seconds are left for the process (kuberuntime:
   * killContainer).
   *
   * @param turnNanos after which it is its turn
   */
  private Stop stop(int i, long turnNanos, long graceSeconds) {
    long graceNanos = graceSeconds * SECOND;
    HollowContainer container = worker.containers[i];
    Hook hook =
        graceSeconds == 0
            ? null
            : Hook.preStop(
                kubelets.behaviour(),
                worker.pod(),
                worker.plan.containers.get(i),
                container.restarts,
                worker.node.random);
    long own = kubelets.latency().containerStop().sampleNanos(worker.node.random);
    long hookNanos = hook == null ? 0 : Math.min(hook.nanos(), graceNanos);
    long told = Math.min(Math.max(hookNanos, turnNanos), graceNanos);
    long last = Math.max(graceNanos, told + LEAST_GRACE_SECONDS * SECOND);
    long nanos = Math.min(told + own, last);
    if (hook != null) {
      tellFailure(hook, nanos);
    }
    return new Stop(nanos, told + own > last ? KILLED : 0);
  }

  /** A hook that fails changes nothing else; nor does one whose process is killed meanwhile. */
  private void tellFailure(Hook hook, long stopNanos) {
    boolean cut = hook.nanos() > stopNanos && !hook.sleeps();
    if (cut || (hook.fails() && hook.nanos() <= stopNanos)) {
      Pod pod = worker.pod();
      kubelets.schedule(
          Math.min(hook.nanos(), stopNanos),
          () -> kubelets.event(pod, "Warning", "FailedPreStopHook", "PreStopHook failed"));
    }
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

package io.towtank.node;

import io.towtank.api.Container;
import io.towtank.api.Probe;

/**
 * What probes make of a container while its process runs (kubelet: prober/worker.go). The looks
 * themselves are not made: {@link Probes} computes which of them tells something new.
 */
final class ContainerProbes {
  private final PodWorker worker;
  private final HollowKubelets kubelets;

  ContainerProbes(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
  }

  /** A process has started: it is started and ready when its probes say so. */
  void watch(int i, ContainerRun run) {
    HollowContainer container = worker.containers[i];
    if (container.ready && container.started) {
      return;
    }
    Container spec = worker.plan.containers.get(i);
    Probe startup = spec.startupProbe();
    Probe readiness = spec.readinessProbe();
    if (startup == null && readiness == null) {
      container.started = true;
      container.ready = true;
      return;
    }
    long willingNanos =
        run.readyNanos() == ContainerRun.PROFILE
            ? kubelets.latency().readiness().sampleNanos(worker.node.random)
            : run.readyNanos();
    long startedNanos = 0;
    if (startup != null) {
      long failedNanos = Probes.failedNanos(startup);
      startedNanos = Probes.succeededNanos(startup, 0, willingNanos);
      if (startedNanos > failedNanos) {
        container.started = false;
        endWhereNeverStarted(i, startup, failedNanos);
        return;
      }
    }
    long readyNanos =
        readiness == null
            ? startedNanos
            : Probes.succeededNanos(readiness, startedNanos, willingNanos);
    container.started = startedNanos == 0;
    if (container.started) {
      becomeReady(container, readyNanos);
    } else {
      long restNanos = readyNanos - startedNanos;
      container.probeTimer =
          kubelets.schedule(
              startedNanos,
              () -> {
                container.probeTimer = 0;
                container.started = true;
                worker.changed();
                becomeReady(container, restNanos);
                worker.sidecarStarted(i);
                worker.settle();
              });
    }
  }

  private void becomeReady(HollowContainer container, long afterNanos) {
    container.ready = afterNanos == 0;
    if (!container.ready) {
      container.probeTimer =
          kubelets.schedule(
              afterNanos,
              () -> {
                container.probeTimer = 0;
                container.ready = true;
                worker.changed();
                worker.settle();
              });
    }
  }

  private void endWhereNeverStarted(int i, Probe startup, long failedNanos) {
    HollowContainer container = worker.containers[i];
    container.lifeTimer =
        kubelets.schedule(
            failedNanos + worker.termination.nanosToStop(i, startup),
            () -> {
              container.lifeTimer = 0;
              failed(i, "Startup");
              worker.ended(i, PodTermination.KILLED, null);
              worker.settle();
            });
  }

  /**
   * A process will hang, so that probes fail that succeeded until then.
   *
   * @return when the liveness probe will have ended it; {@link ContainerRun#FOREVER} where it has
   *     none
   */
  long hang(int i, long aliveNanos) {
    Container spec = worker.plan.containers.get(i);
    Probe readiness = spec.readinessProbe();
    if (readiness != null) {
      HollowContainer container = worker.containers[i];
      container.hangTimer =
          kubelets.schedule(
              Probes.lostNanos(readiness, aliveNanos),
              () -> {
                container.hangTimer = 0;
                kubelets.cancel(container.probeTimer);
                container.probeTimer = 0;
                if (container.ready) {
                  worker.changed();
                }
                container.ready = false;
                failed(i, "Readiness");
                worker.settle();
              });
    }
    Probe liveness = spec.livenessProbe();
    return liveness == null
        ? ContainerRun.FOREVER
        : Probes.lostNanos(liveness, aliveNanos) + worker.termination.nanosToStop(i, liveness);
  }

  /** The liveness probe has failed as often as it may. */
  void notAlive(int i) {
    failed(i, "Liveness");
  }

  /** A probe has failed as often as it may; all but the readiness probe end the container. */
  private void failed(int i, String probe) {
    kubelets.event(worker.pod(), "Warning", "Unhealthy", probe + " probe failed: ");
    if (!probe.equals("Readiness")) {
      kubelets.event(
          worker.pod(),
          "Normal",
          "Killing",
          "Container "
              + worker.name(i)
              + " failed "
              + (probe.equals("Startup") ? "startup" : "liveness")
              + " probe, will be restarted");
    }
  }
}

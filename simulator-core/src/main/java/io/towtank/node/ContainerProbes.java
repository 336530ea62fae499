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

  /**
   * A process runs: it is started and ready when its probes say so. All times but the timers' are
   * counted from its start.
   *
   * @param endNanos when it ends by itself
   * @param ranNanos for how long it runs already when it is looked at for the first time
   * @return whether its startup probe succeeds, if it has one: without that there are no others
   */
  boolean watch(int i, ContainerRun run, long endNanos, long ranNanos) {
    HollowContainer container = worker.containers[i];
    if (container.ready && container.started) {
      return true;
    }
    Container spec = worker.plan.containers.get(i);
    Probe startup = spec.startupProbe();
    Probe readiness = spec.readinessProbe();
    if (startup == null && readiness == null) {
      container.started = true;
      container.ready = true;
      return true;
    }
    long willingNanos =
        run.readyNanos() == ContainerRun.PROFILE
            ? kubelets.latency().readiness().sampleNanos(worker.node.random)
            : run.readyNanos();
    long startedNanos = ranNanos;
    if (startup != null) {
      long failedNanos = Probes.failedNanos(startup, ranNanos);
      startedNanos = Probes.succeededNanos(startup, ranNanos, willingNanos);
      if (startedNanos > failedNanos || startedNanos >= run.aliveNanos()) {
        container.started = false;
        if (failedNanos < endNanos) {
          endAt(i, failedNanos - ranNanos, "Startup", startup);
        }
        return false;
      }
    }
    long readyNanos =
        readiness == null
            ? startedNanos
            : Probes.succeededNanos(readiness, startedNanos, willingNanos);
    container.started = startedNanos == ranNanos;
    if (container.started) {
      becomeReady(container, readyNanos - ranNanos);
    } else {
      long restNanos = readyNanos - startedNanos;
      container.probeTimer =
          kubelets.schedule(
              startedNanos - ranNanos,
              () -> {
                container.probeTimer = 0;
                container.started = true;
                worker.changed();
                becomeReady(container, restNanos);
                worker.sidecarStarted(i);
                worker.settle();
              });
    }
    return true;
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

  /**
   * A process will hang, so that probes fail that succeeded until then. All times are counted from
   * its start.
   *
   * @param endNanos when it ends by itself
   * @param ranNanos for how long it runs already
   */
  void hang(int i, long aliveNanos, long endNanos, long ranNanos) {
    HollowContainer container = worker.containers[i];
    Container spec = worker.plan.containers.get(i);
    Probe readiness = spec.readinessProbe();
    if (readiness != null) {
      container.hangTimer =
          kubelets.schedule(
              Math.max(0, Probes.lostNanos(readiness, aliveNanos) - ranNanos),
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
    if (liveness != null && container.lifeTimer == 0) {
      long lostNanos = Probes.lostNanos(liveness, aliveNanos);
      if (lostNanos < endNanos) {
        endAt(i, Math.max(0, lostNanos - ranNanos), "Liveness", liveness);
      }
    }
  }

  /** A probe will have failed as often as it may, and the container is killed (KEP-2238). */
  private void endAt(int i, long delayNanos, String what, Probe probe) {
    worker.containers[i].lifeTimer =
        kubelets.schedule(
            delayNanos,
            () -> {
              Long own = probe.terminationGracePeriodSeconds();
              failed(i, what);
              worker.termination.kill(
                  i,
                  own == null ? worker.plan.graceSeconds : own,
                  exitCode -> worker.ended(i, PodTermination.KILLED, null));
              worker.settle();
            });
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

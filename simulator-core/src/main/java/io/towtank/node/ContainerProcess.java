package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Sees to a process that runs, as its {@link ContainerRun} says: to its probes, to what it uses of
 * its node, and to its end: by itself, by its liveness probe or by the kernel, whichever is first.
 */
final class ContainerProcess {
  static final String OOM_KILLED = "OOMKilled";
  private static final ImmutableList<NodeResource> RESOURCES =
      ImmutableList.copyOf(NodeResource.values());

  private final PodWorker worker;
  private final HollowKubelets kubelets;
  private final ContainerProbes probes;

  ContainerProcess(PodWorker worker) {
    this.worker = worker;
    this.kubelets = worker.kubelets;
    this.probes = new ContainerProbes(worker);
  }

  /**
   * A process runs.
   *
   * @param ranNanos for how long already
   */
  void run(int i, ContainerRun run, long ranNanos) {
    HollowContainer container = worker.containers[i];
    Container spec = worker.plan.containers.get(i);
    boolean init = worker.plan.isInit(i);
    long endNanos = run.runNanos();
    int exitCode = run.exitCode();
    String reason = null;
    if (run.memory().isAny()) {
      long limitBytes = limit(spec, "memory");
      long exceededNanos = run.memory().exceedsNanos(limitBytes);
      if (limitBytes > 0 && exceededNanos < endNanos) {
        // The kernel ends what outgrows its cgroup.
        endNanos = exceededNanos;
        exitCode = PodTermination.KILLED;
        reason = OOM_KILLED;
      }
    }
    boolean starts = false;
    if (init) {
      container.started = false;
      container.ready = false;
    } else {
      starts = probes.watch(i, run, endNanos, ranNanos);
    }
    for (NodeResource resource : RESOURCES) {
      if (run.use(resource).isAny()) {
        worker.node.pressure.uses(
            resource, worker.row, i, run.use(resource), evictionLimit(resource, spec));
      }
    }
    if (run.aliveNanos() != ContainerRun.FOREVER && starts) {
      probes.hang(i, run.aliveNanos(), endNanos, ranNanos);
    }
    if (endNanos != ContainerRun.FOREVER && container.lifeTimer == 0) {
      endAfter(i, Math.max(0, endNanos - ranNanos), exitCode, reason);
    }
  }

  private void endAfter(int i, long nanos, int exitCode, @Nullable String reason) {
    HollowContainer container = worker.containers[i];
    container.lifeTimer =
        kubelets.schedule(
            nanos,
            () -> {
              container.lifeTimer = 0;
              worker.ended(i, exitCode, reason);
              worker.settle();
            });
  }

  /** Beyond which a container has its pod evicted; 0 for nothing. */
  private long evictionLimit(NodeResource resource, Container spec) {
    boolean spared = Shortage.isCritical(worker.plan) || StaticPods.isMirror(worker.pod());
    return resource != NodeResource.DISK || spared ? 0 : limit(spec, resource.resource);
  }

  private static long limit(Container container, String resource) {
    ResourceRequirements resources = container.resources();
    Quantity limit = resources == null ? null : resources.limits().get(resource);
    return limit == null ? 0 : limit.value();
  }
}

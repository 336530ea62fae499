package io.towtank.node;

import io.towtank.api.QosClass;
import io.towtank.api.Taint;
import io.towtank.api.TaintBuilder;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * What a node runs short of: memory, and disk where the behaviour of a container says that it uses
 * some (kubelet: eviction_manager.go).
 */
final class NodePressure {
  private static final Taint MEMORY_TAINT =
      TaintBuilder.builder()
          .key("node.kubernetes.io/memory-pressure")
          .effect("NoSchedule")
          .timeAdded(Timestamps.NONE)
          .build();

  private final HollowKubelets kubelets;
  private final HollowKubelet node;
  private final Shortage memory;
  private @Nullable Shortage disk;

  NodePressure(HollowKubelets kubelets, HollowKubelet node) {
    this.kubelets = kubelets;
    this.node = node;
    this.memory = new Shortage(kubelets, node, Shortage.Resource.MEMORY);
  }

  /** Why a pod is not admitted while the node is under pressure; null where it is. */
  HollowKubelet.@Nullable Refusal refuse(PodPlan plan) {
    boolean shortOfDisk = disk != null && disk.isPressed();
    if ((!memory.isPressed() && !shortOfDisk) || Shortage.isCritical(plan)) {
      return null;
    }
    if (!shortOfDisk
        && (plan.qosClass != QosClass.BEST_EFFORT
            || plan.spec.tolerations().stream().anyMatch(t -> t.tolerates(MEMORY_TAINT)))) {
      return null;
    }
    String conditions =
        !shortOfDisk
            ? "MemoryPressure"
            : memory.isPressed() ? "MemoryPressure DiskPressure" : "DiskPressure";
    return new HollowKubelet.Refusal("Evicted", "The node had condition: [" + conditions + "]. ");
  }

  /** A container uses memory. */
  void usesMemory(int row, int container, ContainerRun run) {
    memory.started(row, container, run.memoryBytes(), run.memoryBytesPerSecond(), 0);
  }

  /**
   * A container uses disk.
   *
   * @param limitBytes of what it may use; 0 for none
   */
  void usesDisk(int row, int container, ContainerRun run, long limitBytes) {
    Shortage used = disk;
    if (used == null) {
      used = new Shortage(kubelets, node, Shortage.Resource.DISK);
      disk = used;
    }
    used.started(row, container, run.diskBytes(), run.diskBytesPerSecond(), limitBytes);
  }

  /** A container runs no more. */
  void ended(int row, int container) {
    memory.ended(row, container);
    if (disk != null) {
      disk.ended(row, container);
    }
  }

  /** No container of a pod runs any more. */
  void ended(int row) {
    memory.ended(row);
    if (disk != null) {
      disk.ended(row);
    }
  }

  /** The node has crashed. */
  void forget() {
    memory.forget();
    if (disk != null) {
      disk.forget();
    }
  }
}

package io.towtank.node;

import io.towtank.api.QosClass;
import io.towtank.api.Taint;
import io.towtank.api.TaintBuilder;
import io.towtank.api.Timestamps;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node runs short of: memory, disk, files and processes, where the behaviour of a container
 * says that it uses some (kubelet: eviction_manager.go). One pod has to go at a time, whatever the
 * node is short of.
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

  /** By resource; without one of which nothing was ever used. */
  private final Map<NodeResource, Shortage> shortages = new EnumMap<>(NodeResource.class);

  /** Who was evicted last, and until when that is waited for. */
  private int leavingRow = PodTable.NONE;

  private long leavingUntilNanos;

  NodePressure(HollowKubelets kubelets, HollowKubelet node) {
    this.kubelets = kubelets;
    this.node = node;
  }

  /** Why a pod is not admitted while the node is under pressure; null where it is. */
  HollowKubelet.@Nullable Refusal refuse(PodPlan plan) {
    if (shortages.isEmpty() || Shortage.isCritical(plan)) {
      return null;
    }
    Set<String> conditions = new LinkedHashSet<>();
    shortages.forEach((resource, shortage) -> {
      if (shortage.isPressed()) {
        conditions.add(resource.condition);
      }
    });
    if (conditions.isEmpty()) {
      return null;
    }
    boolean onlyMemory =
        conditions.size() == 1 && conditions.contains(NodeResource.MEMORY.condition);
    if (onlyMemory
        && (plan.qosClass != QosClass.BEST_EFFORT
            || plan.spec.tolerations().stream().anyMatch(t -> t.tolerates(MEMORY_TAINT)))) {
      return null;
    }
    return new HollowKubelet.Refusal(
        "Evicted", "The node had condition: [" + String.join(" ", conditions) + "]. ");
  }

  /**
   * A container uses something.
   *
   * @param limit beyond which its pod is evicted; 0 for none
   */
  void uses(NodeResource resource, int row, int container, ResourceUse use, long limit) {
    shortages
        .computeIfAbsent(resource, r -> new Shortage(kubelets, node, this, r))
        .started(row, container, use, limit);
  }

  /** A container runs no more. */
  void ended(int row, int container) {
    if (!shortages.isEmpty()) {
      shortages.values().forEach(shortage -> shortage.ended(row, container));
    }
  }

  /** No container of a pod runs any more. */
  void ended(int row) {
    if (shortages.isEmpty()) {
      return;
    }
    boolean awaited = row == leavingRow;
    if (awaited) {
      leavingRow = PodTable.NONE;
      leavingUntilNanos = 0;
    }
    shortages.values().forEach(shortage -> shortage.ended(row));
    if (awaited) {
      shortages.values().forEach(Shortage::lookSooner);
    }
  }

  /** A pod was evicted. */
  void leaves(int row, long untilNanos) {
    leavingRow = row;
    leavingUntilNanos = untilNanos;
  }

  /** Until when the pod that was evicted last is waited for. */
  long leavingUntilNanos() {
    return leavingUntilNanos;
  }

  /** Tells the node's condition, unless another resource is a reason for it all the same. */
  void tell(NodeResource resource, boolean pressed) {
    boolean alsoOther =
        shortages.entrySet().stream()
            .anyMatch(other ->
                other.getKey() != resource
                    && other.getKey().condition.equals(resource.condition)
                    && other.getValue().isPressed());
    if (!alsoOther) {
      kubelets
          .reports()
          .tell(
              node,
              resource.condition,
              pressed,
              resource.reason(pressed),
              resource.message(pressed));
    }
  }

  /** The node has crashed. */
  void forget() {
    shortages.values().forEach(Shortage::forget);
    leavingRow = PodTable.NONE;
    leavingUntilNanos = 0;
  }
}

package io.towtank.controllers.nodelifecycle;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeSpec;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/** The taints that tell of a node's state (k8s.io/api/core/v1: well_known_taints.go). */
public final class NodeTaints {
  public static final String NOT_READY = "node.kubernetes.io/not-ready";
  public static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  public static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
  public static final String MEMORY_PRESSURE = "node.kubernetes.io/memory-pressure";
  public static final String DISK_PRESSURE = "node.kubernetes.io/disk-pressure";
  public static final String PID_PRESSURE = "node.kubernetes.io/pid-pressure";
  public static final String NETWORK_UNAVAILABLE = "node.kubernetes.io/network-unavailable";

  static final String NO_SCHEDULE = "NoSchedule";
  static final String NO_EXECUTE = "NoExecute";
  static final String READY = "Ready";

  // node_lifecycle_controller.go: nodeConditionToTaintKeyStatusMap
  private static final ImmutableMap<String, String> PRESSURES =
      ImmutableMap.of(
          "MemoryPressure", MEMORY_PRESSURE,
          "DiskPressure", DISK_PRESSURE,
          "PIDPressure", PID_PRESSURE,
          "NetworkUnavailable", NETWORK_UNAVAILABLE);
  private static final ImmutableList<String> OWNED =
      ImmutableList.<String>builder()
          .add(NOT_READY, UNREACHABLE, UNSCHEDULABLE)
          .addAll(PRESSURES.values())
          .build();

  private NodeTaints() {}

  /** Whether a node has a taint. */
  public static boolean has(Node node, String key, String effect) {
    ImmutableList<Taint> taints = node.spec().taints();
    for (int i = 0; i < taints.size(); i++) {
      if (taints.get(i).key().equals(key) && taints.get(i).effect().equals(effect)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The keys of the NoSchedule taints that follow from a node's conditions and from its being
   * cordoned (doNoScheduleTaintingPass).
   */
  static ImmutableList<String> wantedNoSchedule(Node node) {
    boolean cordoned = Boolean.TRUE.equals(node.spec().unschedulable());
    ImmutableList<NodeCondition> conditions = node.status().conditions();
    ImmutableList.Builder<String> wanted = null;
    for (int i = 0; i < conditions.size(); i++) {
      String key = taintOf(conditions.get(i));
      if (key != null) {
        wanted = wanted == null ? ImmutableList.builder() : wanted;
        wanted.add(key);
      }
    }
    if (cordoned) {
      wanted = wanted == null ? ImmutableList.builder() : wanted;
      wanted.add(UNSCHEDULABLE);
    }
    return wanted == null ? ImmutableList.of() : wanted.build();
  }

  private static @Nullable String taintOf(NodeCondition condition) {
    if (condition.type().equals(READY)) {
      return switch (condition.status()) {
        case TRUE -> null;
        case FALSE -> NOT_READY;
        case UNKNOWN -> UNREACHABLE;
      };
    }
    return condition.status() == ConditionStatus.TRUE ? PRESSURES.get(condition.type()) : null;
  }

  /** Whether a node's NoSchedule taints are those that follow from its state. */
  static boolean noScheduleIsRight(Node node) {
    ImmutableList<String> wanted = wantedNoSchedule(node);
    int present = 0;
    for (Taint taint : node.spec().taints()) {
      if (taint.effect().equals(NO_SCHEDULE) && OWNED.contains(taint.key())) {
        if (!wanted.contains(taint.key())) {
          return false;
        }
        present++;
      }
    }
    return present == wanted.size();
  }

  /** A node with the NoSchedule taints that follow from its state. */
  static Node withNoSchedule(Node node, long nowNanos) {
    if (noScheduleIsRight(node)) {
      return node;
    }
    ImmutableList<String> wanted = wantedNoSchedule(node);
    ImmutableList.Builder<Taint> taints = ImmutableList.builder();
    for (Taint taint : node.spec().taints()) {
      boolean owned = taint.effect().equals(NO_SCHEDULE) && OWNED.contains(taint.key());
      if (!owned || wanted.contains(taint.key())) {
        taints.add(taint);
      }
    }
    for (String key : wanted) {
      if (!has(node, key, NO_SCHEDULE)) {
        taints.add(taint(key, NO_SCHEDULE, nowNanos));
      }
    }
    return withTaints(node, taints.build());
  }

  /**
   * A node that has one NoExecute taint and not the other; the same node where it is so
   * (controllerutil.SwapNodeControllerTaint).
   *
   * @param add the key of the one, null for none
   * @param remove the keys of those that go
   */
  static Node withNoExecute(
      Node node, @Nullable String add, ImmutableList<String> remove, long nowNanos) {
    boolean adds = add != null && !has(node, add, NO_EXECUTE);
    boolean removes = remove.stream().anyMatch(key -> has(node, key, NO_EXECUTE));
    if (!adds && !removes) {
      return node;
    }
    ImmutableList.Builder<Taint> taints = ImmutableList.builder();
    for (Taint taint : node.spec().taints()) {
      if (!taint.effect().equals(NO_EXECUTE) || !remove.contains(taint.key())) {
        taints.add(taint);
      }
    }
    if (add != null && adds) {
      taints.add(taint(add, NO_EXECUTE, nowNanos));
    }
    return withTaints(node, taints.build());
  }

  private static Taint taint(String key, String effect, long nowNanos) {
    return new Taint(key, null, effect, Timestamps.toSecond(nowNanos), Fields.NONE);
  }

  private static Node withTaints(Node node, ImmutableList<Taint> taints) {
    NodeSpec spec = node.spec();
    return node.withSpec(NodeSpecBuilder.builder(spec).taints(taints).build());
  }
}

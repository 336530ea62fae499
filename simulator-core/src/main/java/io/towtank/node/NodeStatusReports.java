package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeStatus;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.store.ApiException;
import io.towtank.time.Simulation;

/**
 * What kubelets tell of their nodes: that they are ready, and what they lack. It is told when it
 * changes; the heartbeats in between are not written (kubelet: nodestatus/setters.go).
 */
final class NodeStatusReports {
  private static final long SECOND = 1_000_000_000L;
  // kubelet: nodeStatusUpdateFrequency
  private static final long STATUS_NANOS = 10 * SECOND;
  private static final String READY = "Ready";

  private final Simulation simulation;
  private final KubeletRequests requests;
  private final NodeNetwork network;
  private ImmutableList<NodeCondition> healthy = ImmutableList.of();

  NodeStatusReports(Simulation simulation, KubeletRequests requests, NodeNetwork network) {
    this.simulation = simulation;
    this.requests = requests;
    this.network = network;
  }

  /** Tells a node's status now. */
  void post(HollowKubelet node) {
    requests.patchStatus(
        node,
        stored -> node.alive ? registered(node, stored) : stored,
        (stored, error) -> {
          node.registered = node.alive && stored != null;
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            postLater(node);
          }
        });
  }

  /**
   * Has a node's status told when the kubelet next looks at it, every 10 s (kubelet:
   * tryUpdateNodeStatus).
   */
  void postLater(HollowKubelet node) {
    if (node.statusTimer != 0 || !node.alive) {
      return;
    }
    node.statusTimer =
        simulation.schedule(
            nextLook(node, simulation.nanos()) - simulation.nanos(),
            () -> {
              node.statusTimer = 0;
              if (node.alive) {
                post(node);
              }
            });
  }

  /** When a kubelet first looks at its node's status after a moment. */
  static long nextLook(HollowKubelet node, long afterNanos) {
    long periods = (afterNanos - node.startedNanos) / STATUS_NANOS + 1;
    return node.startedNanos + periods * STATUS_NANOS;
  }

  /** Tells that a node has a condition, or has it no more. */
  void tell(HollowKubelet node, String type, boolean holds, String reason, String message) {
    NodeCondition told =
        condition(
            type,
            holds ? ConditionStatus.TRUE : ConditionStatus.FALSE,
            nowByItsClock(node),
            reason,
            message);
    if (holds) {
      node.pressures.put(type, told);
    } else {
      node.pressures.remove(type);
    }
    requests.patchStatus(
        node,
        stored -> {
          ImmutableList.Builder<NodeCondition> conditions = ImmutableList.builder();
          for (NodeCondition condition : stored.conditions()) {
            conditions.add(condition.type().equals(type) ? told : condition);
          }
          return NodeStatusBuilder.builder(stored).conditions(conditions.build()).build();
        },
        (stored, error) -> {});
  }

  private NodeStatus registered(HollowKubelet node, NodeStatus stored) {
    NodeStatusBuilder status = NodeStatusBuilder.builder(stored);
    if (stored.allocatable().isEmpty()) {
      status.allocatable(stored.capacity());
    }
    if (node.devices != null) {
      status.allocatable(
          node.devices.offered(
              stored.allocatable().isEmpty() ? stored.capacity() : stored.allocatable()));
    }
    if (stored.addresses().isEmpty()) {
      status.addresses(NodePool.addresses(node.name, network.nextAddress()));
    }
    return status.conditions(conditions(node, stored.conditions())).build();
  }

  /**
   * A node's conditions once its kubelet runs: its own ones are well, those of others are left
   * (kubelet: nodestatus/setters.go).
   */
  private ImmutableList<NodeCondition> healthy(
      HollowKubelet node, ImmutableList<NodeCondition> stored) {
    long now = nowByItsClock(node);
    if (healthy.isEmpty() || healthy.get(0).lastHeartbeatTime() != now) {
      healthy =
          ImmutableList.of(
              condition(
                  "MemoryPressure",
                  ConditionStatus.FALSE,
                  now,
                  "KubeletHasSufficientMemory",
                  "kubelet has sufficient memory available"),
              condition(
                  "DiskPressure",
                  ConditionStatus.FALSE,
                  now,
                  "KubeletHasNoDiskPressure",
                  "kubelet has no disk pressure"),
              condition(
                  "PIDPressure",
                  ConditionStatus.FALSE,
                  now,
                  "KubeletHasSufficientPID",
                  "kubelet has sufficient PID available"),
              condition(
                  READY,
                  ConditionStatus.TRUE,
                  now,
                  "KubeletReady",
                  "kubelet is posting ready status"));
    }
    if (stored.isEmpty()) {
      return healthy;
    }
    ImmutableList.Builder<NodeCondition> merged = ImmutableList.builder();
    for (NodeCondition condition : stored) {
      if (healthy.stream().noneMatch(own -> own.type().equals(condition.type()))) {
        merged.add(condition);
      }
    }
    for (NodeCondition own : healthy) {
      NodeCondition before =
          stored.stream().filter(c -> c.type().equals(own.type())).findFirst().orElse(null);
      merged.add(
          before != null && before.status() == own.status()
              ? new NodeCondition(
                  own.type(),
                  own.status(),
                  own.lastHeartbeatTime(),
                  before.lastTransitionTime(),
                  own.reason(),
                  own.message(),
                  Fields.NONE)
              : own);
    }
    return merged.build();
  }

  /** A node's conditions as its kubelet sees them, and those of others as they are. */
  private ImmutableList<NodeCondition> conditions(
      HollowKubelet node, ImmutableList<NodeCondition> stored) {
    ImmutableList<NodeCondition> healthy = healthy(node, stored);
    if (node.shutdown == null && node.pressures.isEmpty()) {
      return healthy;
    }
    long now = nowByItsClock(node);
    ImmutableList.Builder<NodeCondition> conditions = ImmutableList.builder();
    for (NodeCondition condition : healthy) {
      boolean leaving = node.shutdown != null && condition.type().equals(READY);
      conditions.add(
          leaving
              ? condition(
                  READY, ConditionStatus.FALSE, now, "KubeletNotReady", NodeShutdown.NODE_MESSAGE)
              : node.pressures.getOrDefault(condition.type(), condition));
    }
    return conditions.build();
  }

  private static NodeCondition condition(
      String type, ConditionStatus status, long now, String reason, String message) {
    return new NodeCondition(type, status, now, now, reason, message, Fields.NONE);
  }

  /** Kubelets write by the clocks of their nodes. */
  private long nowByItsClock(HollowKubelet node) {
    return Timestamps.toSecond(simulation.epochNanos() + node.clockNanos);
  }
}

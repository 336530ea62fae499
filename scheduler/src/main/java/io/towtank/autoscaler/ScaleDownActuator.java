package io.towtank.autoscaler;

import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.autoscaler.ScaleDownPlanner.Unneeded;
import io.towtank.component.ComponentContext;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives up nodes that the planner found unneeded for long enough: not too many at the same time,
 * and not too soon after others came, went or could not go (cluster-autoscaler:
 * core/scaledown/actuation).
 */
final class ScaleDownActuator {
  // max-bulk-soft-taint-count
  private static final int MOST_SOFT_TAINTS = 10;
  private static final long LONG_AGO = -3600_000_000_000L;

  private final ComponentContext context;
  private final Simulation simulation;
  private final ClusterAutoscalerOptions options;
  private final CloudProvider cloud;
  private final ClusterSnapshot snapshot;
  private final ScaleDownPlanner planner;
  private final Consumer<ScalingDecision> decisions;
  private final LongConsumer scanAt;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, NodeDeletion> deletions = new LinkedHashMap<>();
  private final long[] nodesRemoved;
  private long lastScaleUpNanos = LONG_AGO;
  private long lastDeleteNanos = LONG_AGO;
  private long lastFailureNanos = LONG_AGO;

  /**
   * @param decisions is told of each
   * @param scanAt has the cluster looked at once more, at a time in nanoseconds since the start
   */
  ScaleDownActuator(
      ComponentContext context,
      ClusterAutoscalerOptions options,
      CloudProvider cloud,
      ClusterSnapshot snapshot,
      ScaleDownPlanner planner,
      Consumer<ScalingDecision> decisions,
      LongConsumer scanAt) {
    this.context = context;
    this.simulation = context.simulation();
    this.options = options;
    this.cloud = cloud;
    this.snapshot = snapshot;
    this.planner = planner;
    this.decisions = decisions;
    this.scanAt = scanAt;
    this.nodesRemoved = context.recorder().counter(ClusterAutoscaler.NAME + "/nodesRemoved");
  }

  /** A node of a group is there, or has changed. */
  void seen(Node node) {
    nodes.put(node.name(), node);
  }

  /** A node is gone, whoever deleted it. */
  void gone(String node) {
    nodes.remove(node);
    planner.forget(node);
    NodeDeletion deletion = deletions.remove(node);
    if (deletion != null) {
      deletion.abandon();
    }
  }

  /** A pod of a node has ended or is gone. */
  void podLeft(String node) {
    NodeDeletion deletion = deletions.get(node);
    if (deletion != null) {
      deletion.podGone();
    }
  }

  /** A group was asked for more nodes. */
  void grew(long nowNanos) {
    lastScaleUpNanos = nowNanos;
  }

  /** The nodes of groups. */
  Collection<Node> nodes() {
    return nodes.values();
  }

  /** Whether a node is on its way out. */
  boolean isGoing(String node) {
    return deletions.containsKey(node);
  }

  /** When time alone makes a difference; Long.MAX_VALUE where it makes none. */
  long nextNanos(long nowNanos) {
    long next = Long.MAX_VALUE;
    long cooldown = cooldownEndNanos();
    for (Unneeded node : planner.unneeded().values()) {
      if (!deletions.containsKey(node.node().name()) && spare(node.group()) > 0) {
        long due = Math.max(cooldown, node.sinceNanos() + planner.neededForNanos(node.node()));
        // What is due already waits for another deletion's end, which is seen.
        if (due > nowNanos || deletions.isEmpty()) {
          next = Math.min(next, due);
        }
      }
    }
    return next;
  }

  /** How many nodes a group has beyond its least size and those that are going. */
  int spare(NodeGroup group) {
    int going = 0;
    for (NodeDeletion deletion : deletions.values()) {
      going += deletion.node().group().equals(group) ? 1 : 0;
    }
    return cloud.targetSize(group) - going - group.minSize();
  }

  private long cooldownEndNanos() {
    return Math.max(
        lastScaleUpNanos + options.scaleDownDelayAfterAddNanos(),
        Math.max(
            lastDeleteNanos + options.scaleDownDelayAfterDeleteNanos(),
            lastFailureNanos + options.scaleDownDelayAfterFailureNanos()));
  }

  /** Gives up what is due, as far as limits go; marks the others. */
  void giveUpNodes(long now) {
    boolean deleted = false;
    if (now >= cooldownEndNanos()) {
      Map<NodeGroup, Integer> spare = new LinkedHashMap<>();
      cloud.nodeGroups().forEach(group -> spare.put(group, spare(group)));
      int room = options.maxScaleDownParallelism() - deletions.size();
      int drains = options.maxDrainParallelism();
      for (NodeDeletion deletion : deletions.values()) {
        drains -= deletion.node().isEmpty() ? 0 : 1;
      }
      List<Unneeded> going = new ArrayList<>();
      List<Unneeded> removable = planner.removable(now, spare);
      for (Unneeded node : removable) {
        if (node.isEmpty() && going.size() < room) {
          going.add(node);
        }
      }
      for (Unneeded node : removable) {
        if (!node.isEmpty() && going.size() < room && drains > 0) {
          going.add(node);
          drains--;
        }
      }
      going.forEach(node -> giveUp(node, now));
      deleted = !going.isEmpty();
    }
    if (!deleted) {
      markCandidates();
    }
  }

  private void giveUp(Unneeded node, long now) {
    String name = node.node().name();
    decisions.accept(
        new ScalingDecision.ScaleDown(
            now,
            node.group(),
            name,
            node.utilization(),
            now - node.sinceNanos(),
            node.moving().size()));
    NodeDeletion deletion =
        new NodeDeletion(context, options, snapshot, node, problem -> givenUp(node, problem));
    deletions.put(name, deletion);
    lastDeleteNanos = now;
    deletion.start();
  }

  private void givenUp(Unneeded node, @Nullable String problem) {
    String name = node.node().name();
    if (problem == null) {
      context
          .recorder()
          .event(
              node.node(),
              ClusterAutoscaler.NAME,
              "Normal",
              "ScaleDown",
              "node removed by cluster autoscaler");
      nodesRemoved[0]++;
      // Its Node stays listed until the watch tells that it is gone.
      nodes.remove(name);
      deletions.remove(name);
      planner.forget(name);
      cloud.delete(name);
      scanAt.accept(simulation.nanos() + 1);
      return;
    }
    deletions.remove(name);
    planner.forget(name);
    long now = simulation.nanos();
    lastFailureNanos = now;
    decisions.accept(new ScalingDecision.Failure(now, node.group(), name + ": " + problem));
    context
        .recorder()
        .event(
            node.node(),
            ClusterAutoscaler.NAME,
            "Warning",
            "ScaleDownFailed",
            "failed to drain the node: " + problem);
    context
        .client()
        .patch(
            Kinds.NODE,
            ObjectKey.of(node.node()),
            stored -> AutoscalerTaints.without(stored, AutoscalerTaints.TO_BE_DELETED),
            (stored, error) -> scanAt.accept(simulation.nanos() + 1));
  }

  /** Has pods rather go elsewhere than to nodes that may soon be given up. */
  private void markCandidates() {
    long epoch = simulation.epochNanos();
    int changed = 0;
    for (Node node : List.copyOf(nodes.values())) {
      boolean wanted = planner.isUnneeded(node.name());
      if (deletions.containsKey(node.name())
          || wanted == AutoscalerTaints.has(node, AutoscalerTaints.CANDIDATE)) {
        continue;
      }
      if (changed++ == MOST_SOFT_TAINTS) {
        scanAt.accept(simulation.nanos() + 1);
        return;
      }
      context
          .client()
          .patch(
              Kinds.NODE,
              ObjectKey.of(node),
              stored ->
                  wanted
                      ? AutoscalerTaints.with(stored, AutoscalerTaints.CANDIDATE, epoch)
                      : AutoscalerTaints.without(stored, AutoscalerTaints.CANDIDATE),
              (stored, error) -> {});
    }
  }
}

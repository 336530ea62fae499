package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Timestamps;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps account of the nodes that nobody needs, and since when (cluster-autoscaler:
 * core/scaledown/planner).
 */
final class ScaleDownPlanner {
  // gpu.ResourceNvidiaGPU
  private static final String GPU = "nvidia.com/gpu";

  static final String DISABLED = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

  // unremovable-node-recheck-timeout
  private static final long RECHECK_NANOS = 300_000_000_000L;

  /** A node of a group. */
  record GroupNode(Node node, NodeGroup group) {}

  /**
   * A node that could go.
   *
   * @param sinceNanos since when it has not been needed, nanoseconds since the start
   * @param utilization the greater of the shares of CPU and memory that its pods ask for
   * @param moving the pods that have to find another place, and do
   * @param risky whether budgets let the pods go one after another only
   */
  record Unneeded(
      Node node,
      NodeGroup group,
      long sinceNanos,
      double utilization,
      ImmutableList<Pod> moving,
      boolean risky) {
    boolean isEmpty() {
      return moving.isEmpty();
    }
  }

  private record Candidate(Node node, NodeGroup group, double utilization, boolean empty) {}

  private final ClusterSnapshot snapshot;
  private final DrainRules.Replicas replicas;
  private final ClusterAutoscalerOptions options;
  private final Map<String, Unneeded> unneeded = new LinkedHashMap<>();
  private final Map<String, Long> recheckAt = new LinkedHashMap<>();
  private long nowNanos;
  private long epochNanos;
  private long nextGoneNanos = Long.MAX_VALUE;

  /**
   * @param replicas how many a pod's workload is to have
   */
  ScaleDownPlanner(
      ClusterSnapshot snapshot, DrainRules.Replicas replicas, ClusterAutoscalerOptions options) {
    this.snapshot = snapshot;
    this.replicas = replicas;
    this.options = options;
  }

  /** The nodes that could go, empty ones first. */
  ImmutableMap<String, Unneeded> unneeded() {
    return ImmutableMap.copyOf(unneeded);
  }

  /** Whether a node could go. */
  boolean isUnneeded(String node) {
    return unneeded.containsKey(node);
  }

  /**
   * When nodes have to be looked at again though nothing changes: those that could not go, and
   * those with pods that count as gone by then. Long.MAX_VALUE for never.
   */
  long nextRecheckNanos() {
    return recheckAt.values().stream().mapToLong(Long::longValue).reduce(nextGoneNanos, Math::min);
  }

  /** Forgets since when nodes have been unneeded. */
  void clear() {
    unneeded.clear();
  }

  /** Forgets what was known of a node. */
  void forget(String node) {
    unneeded.remove(node);
    recheckAt.remove(node);
  }

  /**
   * Looks at all nodes anew; the snapshot is left as it was.
   *
   * @param nodes those that may be given up
   * @param now in nanoseconds since the start
   * @param epoch the same time in nanoseconds since 1970
   */
  void update(List<GroupNode> nodes, Budgets budgets, long now, long epoch) {
    nowNanos = now;
    epochNanos = epoch;
    nextGoneNanos = Long.MAX_VALUE;
    List<Candidate> candidates = candidates(nodes, budgets);
    Map<String, Unneeded> before = new LinkedHashMap<>(unneeded);
    // Nodes found in one look are given up over several: to look for more is of no use
    // (planner.unneededNodesLimit).
    int limit = before.size() + 2 * options.maxScaleDownParallelism();
    unneeded.clear();
    int mark = snapshot.mark();
    for (Candidate candidate : candidates) {
      if (unneeded.size() >= limit) {
        break;
      }
      String name = candidate.node.name();
      int row = snapshot.row(name);
      ImmutableList<Pod> moving = moving(row, budgets);
      if (moving != null && relocate(row, moving)) {
        // Those of one budget go one after another, as it lets them: planner.categorizeNodes.
        boolean risky = !budgets.allowAll(moving);
        budgets.remove(moving);
        Unneeded known = before.get(name);
        unneeded.put(
            name,
            new Unneeded(
                candidate.node,
                candidate.group,
                known == null ? nowNanos : known.sinceNanos,
                candidate.utilization,
                moving,
                risky));
      } else {
        recheckAt.put(name, nowNanos + RECHECK_NANOS);
      }
    }
    snapshot.revert(mark);
  }

  private List<Candidate> candidates(List<GroupNode> nodes, Budgets budgets) {
    recheckAt.values().removeIf(at -> at <= nowNanos);
    List<Candidate> candidates = new ArrayList<>();
    for (GroupNode one : nodes) {
      Node node = one.node;
      int row = snapshot.row(node.name());
      if (row >= 0 && !recheckAt.containsKey(node.name()) && !isDisabled(node)) {
        double utilization = utilization(row);
        if (utilization < threshold(row)) {
          ImmutableList<Pod> moving = moving(row, budgets);
          boolean empty = moving != null && moving.isEmpty();
          candidates.add(new Candidate(node, one.group, utilization, empty));
        }
      }
    }
    // Empty nodes go most easily; those that were unneeded before stay so if they can
    // (emptycandidates, previouscandidates).
    candidates.sort(
        Comparator.comparing((Candidate candidate) -> !candidate.empty)
            .thenComparing(candidate -> !unneeded.containsKey(candidate.node.name())));
    return candidates;
  }

  private static boolean isDisabled(Node node) {
    return "true".equals(node.metadata().annotations().get(DISABLED));
  }

  /**
   * The greater share of what is offered that pods ask for; of a node with GPUs, which cost more
   * than all else, the share of these (utilization.Calculate).
   */
  double utilization(int row) {
    return hasGpu(row)
        ? utilization(row, gpu())
        : Math.max(utilization(row, Resources.CPU), utilization(row, Resources.MEMORY));
  }

  private double threshold(int row) {
    return hasGpu(row)
        ? options.scaleDownGpuUtilizationThreshold()
        : options.scaleDownUtilizationThreshold();
  }

  private int gpu() {
    return snapshot.state().resources().id(GPU);
  }

  private boolean hasGpu(int row) {
    return snapshot.state().allocatable(gpu(), row) > 0;
  }

  private double utilization(int row, int resource) {
    ClusterState state = snapshot.state();
    long offered = state.allocatable(resource, row);
    if (offered <= 0) {
      return 0;
    }
    long requested = state.requested(resource, row);
    for (int i = 0; i < state.podCount(row); i++) {
      Pod pod = state.pod(row, i).pod();
      boolean ignored = isIgnored(pod);
      if (ignored || countsAsGone(pod)) {
        long share = state.pod(row, i).info().request(resource);
        requested -= share;
        offered -= ignored ? share : 0;
      }
    }
    return offered <= 0 ? 0 : (double) requested / offered;
  }

  /** Whether what a pod asks for is no use of its node, since it is there wherever a node is. */
  private boolean isIgnored(Pod pod) {
    return (options.ignoreDaemonSetsUtilization() && DrainRules.isDaemon(pod))
        || (options.ignoreMirrorPodsUtilization() && DrainRules.isMirror(pod));
  }

  /** Whether a pod counts as gone though it is there; if it will, that is when to look again. */
  private boolean countsAsGone(Pod pod) {
    long from = DrainRules.longTerminatingFrom(pod);
    if (from == Timestamps.NONE || from <= epochNanos) {
      return from != Timestamps.NONE;
    }
    nextGoneNanos = Math.min(nextGoneNanos, nowNanos + from - epochNanos);
    return false;
  }

  /** The pods that have to find another place; null where one of them keeps the node. */
  private @Nullable ImmutableList<Pod> moving(int row, Budgets budgets) {
    ImmutableList.Builder<Pod> moving = ImmutableList.builder();
    for (Pod pod : snapshot.pods(row)) {
      DrainRules.Verdict verdict = DrainRules.judge(pod, budgets, replicas, options, epochNanos);
      if (verdict.blocks()) {
        return null;
      }
      if (verdict == DrainRules.Verdict.MOVE) {
        moving.add(pod);
      }
    }
    return moving.build();
  }

  /** Tries to do without a node: true where all pods found a place, which then is theirs. */
  private boolean relocate(int row, List<Pod> pods) {
    int mark = snapshot.mark();
    snapshot.tryWithout(row);
    for (Pod pod : pods) {
      Pod free = PodBuilder.builder(pod).nodeName(null).build();
      int other = snapshot.isFor(free) ? snapshot.fit(free) : -1;
      if (other < 0) {
        snapshot.revert(mark);
        return false;
      }
      snapshot.tryPod(free, other);
    }
    return true;
  }

  /**
   * The nodes that have been unneeded for long enough and whose groups may shrink, those that may
   * not get rid of their pods last (planner.sortByRisk).
   *
   * @param now in nanoseconds since the start
   * @param spare by group, how many nodes it has beyond its least size
   */
  ImmutableList<Unneeded> removable(long now, Map<NodeGroup, Integer> spare) {
    Map<NodeGroup, Integer> left = new LinkedHashMap<>(spare);
    List<Unneeded> removable = new ArrayList<>();
    for (Unneeded node : unneeded.values()) {
      int more = Objects.requireNonNullElse(left.get(node.group), 0);
      if (now - node.sinceNanos >= neededForNanos(node.node) && more > 0) {
        left.put(node.group, more - 1);
        removable.add(node);
      }
    }
    return ImmutableList.sortedCopyOf(Comparator.comparing(Unneeded::risky), removable);
  }

  /** For how long a node has to be unneeded before it goes. */
  long neededForNanos(Node node) {
    return node.isReady() ? options.scaleDownUnneededNanos() : options.scaleDownUnreadyNanos();
  }
}

package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.DaemonSet;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.autoscaler.PodGroups.PodGroup;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node group grows for pods that fit nowhere (cluster-autoscaler:
 * ScaleUpOrchestrator).
 */
final class ScaleUpPlanner {
  // cluster-autoscaler: orchestrator/skippedreasons.go
  static final String BACKOFF = "in backoff after failed scale-up";
  static final String NOT_READY = "not ready for scale-up";
  static final String MAX_SIZE = "max node group size reached";

  /**
   * A group as it is now.
   *
   * @param size how many nodes it has or will have
   * @param template what a new node is like
   * @param backingOff whether it failed a while ago
   * @param healthy whether nearly all of its nodes are ready
   */
  record GroupState(
      NodeGroup group, int size, Node template, boolean backingOff, boolean healthy) {}

  /** A group that grows. */
  record Increase(NodeGroup group, int from, int to) {
    /** As events have it. */
    @Override
    public String toString() {
      return "{" + group.name() + " " + from + "->" + to + " (max: " + group.maxSize() + ")}";
    }
  }

  /** A pod that will still fit nowhere, and what events say of it. */
  record Unhelped(Pod pod, String message) {}

  /**
   * What is to be done.
   *
   * @param chosen null where no group could help
   * @param increases the groups that grow
   * @param options all that {@code chosen} was chosen from
   * @param unhelped the pods that will still fit nowhere
   */
  record Plan(
      @Nullable ExpansionOption chosen,
      ImmutableList<Increase> increases,
      ImmutableList<ExpansionOption> options,
      ImmutableList<Unhelped> unhelped) {}

  private final ClusterSnapshot snapshot;
  private final ClusterAutoscalerOptions options;
  private final Supplier<ImmutableSortedMap<Integer, ImmutableList<Pattern>>> priorities;
  private final RandomGenerator random;

  /**
   * @param priorities as they are now, of patterns of groups' names
   */
  ScaleUpPlanner(
      ClusterSnapshot snapshot,
      ClusterAutoscalerOptions options,
      Supplier<ImmutableSortedMap<Integer, ImmutableList<Pattern>>> priorities,
      RandomGenerator random) {
    this.snapshot = snapshot;
    this.options = options;
    this.priorities = priorities;
    this.random = random;
  }

  /**
   * Plans; the snapshot is left as it was.
   *
   * @param pods fit on no node there is or will be
   * @param nodes how many nodes there are or will be
   */
  Plan plan(List<Pod> pods, List<GroupState> groups, List<DaemonSet> daemonSets, int nodes) {
    ImmutableList<PodGroup> podGroups = PodGroups.of(pods, snapshot);
    Map<PodGroup, List<String>> refused = new LinkedHashMap<>();
    podGroups.forEach(group -> refused.put(group, new ArrayList<>()));
    Set<PodGroup> helped = new LinkedHashSet<>();
    Map<NodeGroup, Set<PodGroup>> fitting = new LinkedHashMap<>();
    ImmutableList.Builder<ExpansionOption> found = ImmutableList.builder();
    int mostNodes =
        options.maxNodesTotal() == 0 ? Integer.MAX_VALUE : options.maxNodesTotal() - nodes;
    for (GroupState group : groups) {
      String skipped =
          !group.healthy
              ? NOT_READY
              : group.backingOff ? BACKOFF : group.size >= group.group.maxSize() ? MAX_SIZE : null;
      if (skipped != null) {
        refused.values().forEach(reasons -> reasons.add(skipped));
        continue;
      }
      ImmutableList<Pod> daemons = Templates.daemons(snapshot, group.template, daemonSets);
      List<PodGroup> fit = fitting(podGroups, group.template, daemons, refused);
      helped.addAll(fit);
      fitting.put(group.group, new LinkedHashSet<>(fit));
      ExpansionOption option = option(group, fit, daemons, mostNodes);
      if (option != null) {
        found.add(option);
      }
    }
    ImmutableList<ExpansionOption> all = found.build();
    ImmutableList.Builder<Unhelped> unhelped = ImmutableList.builder();
    podGroups.forEach(group -> {
      if (!helped.contains(group)) {
        String message = message(refused.getOrDefault(group, List.of()));
        group.pods().forEach(pod -> unhelped.add(new Unhelped(pod, message)));
      }
    });
    if (all.isEmpty()) {
      return new Plan(null, ImmutableList.of(), all, unhelped.build());
    }
    ExpansionOption chosen = Expander.choose(all, options.expanders(), priorities.get(), random);
    return new Plan(chosen, increases(chosen, groups, fitting), all, unhelped.build());
  }

  private List<PodGroup> fitting(
      List<PodGroup> podGroups,
      Node template,
      List<Pod> daemons,
      Map<PodGroup, List<String>> refused) {
    int mark = snapshot.mark();
    int row = BinpackingEstimator.addNode(snapshot, template, daemons, 0);
    List<PodGroup> fit = new ArrayList<>();
    for (PodGroup group : podGroups) {
      Status verdict = snapshot.verdict(group.example(), row);
      if (verdict.isSuccess()) {
        fit.add(group);
      } else {
        refused.computeIfAbsent(group, g -> new ArrayList<>()).addAll(verdict.reasons());
      }
    }
    snapshot.revert(mark);
    return fit;
  }

  private @Nullable ExpansionOption option(
      GroupState group, List<PodGroup> fit, List<Pod> daemons, int mostNodes) {
    if (fit.isEmpty() || mostNodes <= 0) {
      return null;
    }
    int most =
        Math.min(
            Math.min(mostNodes, options.maxNodesPerScaleUp()),
            options.balanceSimilarNodeGroups()
                ? Integer.MAX_VALUE
                : group.group.maxSize() - group.size);
    BinpackingEstimator.Estimate estimate =
        BinpackingEstimator.estimate(snapshot, fit, group.template, daemons, most);
    if (estimate.nodes() == 0) {
      return null;
    }
    return new ExpansionOption(
        group.group,
        estimate.nodes(),
        estimate.pods(),
        wasted(group, estimate, Resources.CPU),
        wasted(group, estimate, Resources.MEMORY),
        BinpackingEstimator.requested(snapshot, estimate.pods(), Resources.CPU));
  }

  private double wasted(GroupState group, BinpackingEstimator.Estimate estimate, int resource) {
    return BinpackingEstimator.wasted(
        snapshot, group.template, estimate.nodes(), estimate.pods(), resource);
  }

  // Which groups grow

  private ImmutableList<Increase> increases(
      ExpansionOption chosen, List<GroupState> groups, Map<NodeGroup, Set<PodGroup>> fitting) {
    List<GroupState> share = new ArrayList<>();
    GroupState first = null;
    for (GroupState group : groups) {
      if (group.group.equals(chosen.group())) {
        first = group;
        share.add(0, group);
      }
    }
    if (first == null) {
      throw new IllegalStateException(chosen.group().name() + " was not among the options");
    }
    if (options.balanceSimilarNodeGroups()) {
      Set<PodGroup> wanted = fitting.getOrDefault(chosen.group(), Set.of());
      for (GroupState group : groups) {
        if (!group.equals(first)
            && fitting.getOrDefault(group.group, Set.of()).containsAll(wanted)
            && SimilarNodes.similar(first.template, group.template)) {
          share.add(group);
        }
      }
    }
    return balance(share, chosen.nodes());
  }

  /**
   * Gives nodes to groups such that they get as equal in size as they can
   * (nodegroupset.BalanceScaleUpBetweenGroups).
   */
  static ImmutableList<Increase> balance(List<GroupState> groups, int nodes) {
    int[] sizes = groups.stream().mapToInt(GroupState::size).toArray();
    for (int i = 0; i < nodes; i++) {
      int smallest = -1;
      for (int g = 0; g < sizes.length; g++) {
        if (sizes[g] < groups.get(g).group.maxSize()
            && (smallest < 0 || sizes[g] < sizes[smallest])) {
          smallest = g;
        }
      }
      if (smallest < 0) {
        break;
      }
      sizes[smallest]++;
    }
    ImmutableList.Builder<Increase> increases = ImmutableList.builder();
    for (int g = 0; g < sizes.length; g++) {
      if (sizes[g] > groups.get(g).size) {
        increases.add(new Increase(groups.get(g).group, groups.get(g).size, sizes[g]));
      }
    }
    return increases.build();
  }

  /** How often each reason was given (status.ReasonsMessage). */
  private static String message(List<String> reasons) {
    Map<String, Integer> counts = new TreeMap<>();
    reasons.forEach(reason -> counts.merge(reason, 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((reason, count) -> parts.add(count + " " + reason));
    return "pod didn't trigger scale-up: " + String.join(", ", parts);
  }
}

package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.autoscaler.PodGroups.PodGroup;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Resources;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many nodes of a template pods need: first fit, the biggest pods first (cluster-autoscaler:
 * BinpackingNodeEstimator with DecreasingPodOrderer).
 */
final class BinpackingEstimator {
  /**
   * What came of it.
   *
   * @param nodes how many nodes get a pod
   * @param pods those that found room
   */
  record Estimate(int nodes, ImmutableList<Pod> pods) {}

  private record Scored(PodGroup group, double score) {}

  private final ClusterSnapshot snapshot;
  private final Node template;
  private final List<Pod> daemons;
  private final int mostNodes;
  private final List<Integer> rows = new ArrayList<>();
  private final ImmutableList.Builder<Pod> scheduled = ImmutableList.builder();

  /**
   * By what a pod asks for, the nodes that lack resources for it: those only become fewer. What
   * other filters say may change with what is on other nodes.
   */
  private final Map<PodInfo, BitSet> full = new HashMap<>();

  private int nodesWithPods;
  private boolean lastIsEmpty;
  private int next;

  private BinpackingEstimator(
      ClusterSnapshot snapshot, Node template, List<Pod> daemons, int mostNodes) {
    this.snapshot = snapshot;
    this.template = template;
    this.daemons = daemons;
    this.mostNodes = mostNodes;
  }

  /**
   * Estimates; the snapshot is left as it was.
   *
   * @param groups fit on the template, each by itself
   * @param daemons the pods that every such node has from the start
   * @param mostNodes no more than these
   */
  static Estimate estimate(
      ClusterSnapshot snapshot,
      List<PodGroup> groups,
      Node template,
      List<Pod> daemons,
      int mostNodes) {
    int mark = snapshot.mark();
    BinpackingEstimator estimator = new BinpackingEstimator(snapshot, template, daemons, mostNodes);
    for (PodGroup group : ordered(snapshot, groups, template)) {
      estimator.place(group);
    }
    snapshot.revert(mark);
    return new Estimate(estimator.nodesWithPods, estimator.scheduled.build());
  }

  private static List<PodGroup> ordered(
      ClusterSnapshot snapshot, List<PodGroup> groups, Node template) {
    long[] offered = snapshot.state().resources().amounts(template.status().allocatable());
    return groups.stream()
        .map(group -> new Scored(group, score(group.info(), offered)))
        .sorted(Comparator.comparingDouble((Scored scored) -> -scored.score))
        .map(Scored::group)
        .toList();
  }

  private static double score(PodInfo pod, long[] offered) {
    return share(pod, offered, Resources.CPU) + share(pod, offered, Resources.MEMORY);
  }

  private static double share(PodInfo pod, long[] offered, int resource) {
    return resource < offered.length && offered[resource] > 0
        ? (double) pod.request(resource) / offered[resource]
        : 0;
  }

  private void place(PodGroup group) {
    int placed = 0;
    while (placed < group.pods().size() && onNodesSoFar(group.pods().get(placed))) {
      placed++;
    }
    while (placed < group.pods().size() && onLastNode(group.pods().get(placed))) {
      placed++;
    }
  }

  /** Any of the new nodes, from where the last pod went. */
  private boolean onNodesSoFar(Pod pod) {
    BitSet none = full.computeIfAbsent(snapshot.info(pod), info -> new BitSet());
    return onNodes(pod, next, rows.size(), none) || onNodes(pod, 0, next, none);
  }

  /** As {@link #onNodesSoFar}, of some of them. */
  private boolean onNodes(Pod pod, int from, int to, BitSet none) {
    for (int index = none.nextClearBit(from); index < to; index = none.nextClearBit(index + 1)) {
      Status verdict = snapshot.verdict(pod, rows.get(index));
      if (verdict.isSuccess()) {
        next = index;
        put(pod, index);
        return true;
      }
      if (Names.NODE_RESOURCES_FIT.equals(verdict.plugin())) {
        none.set(index);
      }
    }
    return false;
  }

  private boolean onLastNode(Pod pod) {
    int last = rows.size() - 1;
    if (last >= 0 && snapshot.verdict(pod, rows.get(last)).isSuccess()) {
      put(pod, last);
      return true;
    }
    // What does not fit on an empty node fits on no other.
    if ((last >= 0 && lastIsEmpty) || rows.size() >= mostNodes) {
      return false;
    }
    rows.add(addNode(snapshot, template, daemons, rows.size()));
    lastIsEmpty = true;
    if (!snapshot.verdict(pod, rows.get(last + 1)).isSuccess()) {
      return false;
    }
    put(pod, last + 1);
    return true;
  }

  private void put(Pod pod, int index) {
    // Nodes before the last have pods.
    if (index == rows.size() - 1 && lastIsEmpty) {
      lastIsEmpty = false;
      nodesWithPods++;
    }
    snapshot.tryPod(pod, rows.get(index));
    scheduled.add(pod);
  }

  /** Adds a node like a template, with its daemon pods; returns its row. */
  static int addNode(ClusterSnapshot snapshot, Node template, List<Pod> daemons, int number) {
    String name = template.name() + "-" + number;
    int row =
        snapshot.tryNode(
            NodeBuilder.builder(template)
                .metadata(
                    ObjectMetaBuilder.builder(template.metadata())
                        .name(name)
                        .labels(Templates.named(template.metadata().labels(), name))
                        .build())
                .build());
    for (Pod daemon : daemons) {
      snapshot.tryPod(Templates.daemonOn(daemon, name), row);
    }
    return row;
  }

  /** The share of what new nodes offer that pods do not ask for (expander: waste.go). */
  static double wasted(
      ClusterSnapshot snapshot, Node template, int nodes, List<Pod> pods, int resource) {
    ClusterState state = snapshot.state();
    long[] capacity = state.resources().amounts(template.status().capacity());
    double offered = (double) nodes * (resource < capacity.length ? capacity[resource] : 0);
    return offered == 0 ? 0 : (offered - requested(snapshot, pods, resource)) / offered;
  }

  /** What pods ask for of a resource. */
  static long requested(ClusterSnapshot snapshot, List<Pod> pods, int resource) {
    long sum = 0;
    for (Pod pod : pods) {
      sum += snapshot.info(pod).request(resource);
    }
    return sum;
  }
}

package io.towtank.scheduler;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import io.towtank.scheduler.state.ClusterState;
import java.util.Arrays;

/**
 * Looks at nodes one after another until enough fit, each pod's from where the last one's ended
 * (kube-scheduler: findNodesThatPassFilters with nextStartNodeIndex).
 */
final class NodeSampler {
  private static final int MIN_FEASIBLE_NODES = 100;
  private static final int MIN_FEASIBLE_PERCENT = 5;

  /**
   * The nodes that were found to fit.
   *
   * @param rows in the order in which they were found
   * @param start where among the candidates it began
   * @param looked how many nodes were looked at for them
   */
  record Sample(ImmutableIntArray rows, int start, int looked) {}

  private final ClusterState state;
  private final NodeOrder order;
  private int nextStart;

  /**
   * Begins at the first node.
   *
   * @param order may be shared
   */
  NodeSampler(ClusterState state, NodeOrder order) {
    this.state = state;
    this.order = order;
  }

  /** One that begins where this one would. */
  NodeSampler copy() {
    NodeSampler copy = new NodeSampler(state, order);
    copy.nextStart = nextStart;
    return copy;
  }

  /** All nodes in turn, or those that a PreFilter left. The array must not be changed. */
  int[] candidates(NodeRanking ranking) {
    ImmutableSet<String> names = ranking.nodeNames();
    return names == null
        ? order.rows()
        : names.stream().mapToInt(state::row).filter(row -> row >= 0).toArray();
  }

  /** Looks for so many nodes that fit; the next sample will be the same. */
  Sample look(NodeRanking ranking, int wanted) {
    int[] rows = candidates(ranking);
    int[] found = new int[wanted];
    int count = 0;
    int looked = 0;
    while (looked < rows.length && count < found.length) {
      int row = rows[(nextStart + looked++) % rows.length];
      if (ranking.verdict(row).isSuccess()) {
        found[count++] = row;
      }
    }
    return new Sample(ImmutableIntArray.copyOf(Arrays.copyOf(found, count)), nextStart, looked);
  }

  /** As {@link #look}; the next sample begins where this one ended. */
  Sample take(NodeRanking ranking, int wanted) {
    Sample sample = look(ranking, wanted);
    nextStart = (nextStart + sample.looked) % state.nodeCount();
    return sample;
  }

  /** The rows of the candidates that a sample had no need of, fit or not. */
  int[] notLookedAt(NodeRanking ranking, Sample sample) {
    int[] rows = candidates(ranking);
    int[] left = new int[rows.length - sample.looked];
    for (int i = 0; i < left.length; i++) {
      left[i] = rows[(sample.start + sample.looked + i) % rows.length];
    }
    return left;
  }

  /**
   * After how many feasible nodes kube-scheduler looks no further (numFeasibleNodesToFind).
   *
   * @param percentage of nodes to score; 0 for its adaptive formula
   */
  static int feasibleNodesToFind(int nodes, int percentage) {
    if (nodes < MIN_FEASIBLE_NODES) {
      return nodes;
    }
    int percent = percentage;
    if (percent == 0) {
      percent = Math.max(MIN_FEASIBLE_PERCENT, 50 - nodes / 125);
    }
    return Math.max(MIN_FEASIBLE_NODES, (int) ((long) nodes * percent / 100));
  }
}

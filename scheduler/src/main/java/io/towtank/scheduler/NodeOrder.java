package io.towtank.scheduler;

import io.towtank.api.Node;
import io.towtank.scheduler.state.ClusterState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which nodes are looked at where only some are: zones in turn, so that a sample has
 * nodes of every zone (kube-scheduler: nodeTree).
 */
final class NodeOrder {
  private static final String REGION = "topology.kubernetes.io/region";
  private static final String ZONE = "topology.kubernetes.io/zone";

  private final ClusterState state;
  private long nodeSet = -1;
  private int[] rows = new int[0];

  NodeOrder(ClusterState state) {
    this.state = state;
  }

  /** The rows of all nodes. The array must not be changed. */
  int[] rows() {
    if (nodeSet != state.nodeSetGeneration()) {
      rows = compute();
      nodeSet = state.nodeSetGeneration();
    }
    return rows;
  }

  private int[] compute() {
    Map<String, List<Integer>> zones = new LinkedHashMap<>();
    for (int row = 0; row < state.rows(); row++) {
      if (state.isNode(row)) {
        Node node = state.node(row);
        var labels = node.metadata().labels();
        String zone = labels.getOrDefault(REGION, "") + ":" + labels.getOrDefault(ZONE, "");
        zones.computeIfAbsent(zone, z -> new ArrayList<>()).add(row);
      }
    }
    int[] order = new int[state.nodeCount()];
    int count = 0;
    for (int turn = 0; count < order.length; turn++) {
      for (List<Integer> zone : zones.values()) {
        if (turn < zone.size()) {
          order[count++] = zone.get(turn);
        }
      }
    }
    return Arrays.copyOf(order, count);
  }
}

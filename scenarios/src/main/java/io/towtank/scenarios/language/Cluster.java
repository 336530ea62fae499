package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Node;
import io.towtank.node.NodePool;

/**
 * The nodes that there are when a run starts.
 *
 * @param nodes nodes that came as objects
 */
public record Cluster(ImmutableList<Pool> pools, ImmutableList<Node> nodes) {
  /** What a pool is called of which nothing else is said. */
  public static final String DEFAULT_POOL = "node";

  /** Nodes of one make, to which a timeline can add. */
  public record Pool(String name, NodePool nodes) {}

  /** A cluster of one pool, of the usual name. */
  public static Cluster of(NodePool nodes) {
    return new Cluster(ImmutableList.of(new Pool(DEFAULT_POOL, nodes)), ImmutableList.of());
  }

  /** How many nodes there are. */
  public int size() {
    int size = nodes.size();
    for (Pool pool : pools) {
      size += pool.nodes().count();
    }
    return size;
  }
}

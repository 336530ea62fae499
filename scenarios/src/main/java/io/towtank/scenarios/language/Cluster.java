package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.autoscaler.NodeGroup;
import io.towtank.node.NodePool;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that there are when a run starts.
 *
 * @param nodes nodes that came as objects
 */
public record Cluster(ImmutableList<Pool> pools, ImmutableList<Node> nodes) {
  /** What a pool is called of which nothing else is said. */
  public static final String DEFAULT_POOL = "node";

  /**
   * Nodes of one make, to which a timeline can add.
   *
   * @param staticPods what each of them runs by itself
   * @param group how a cloud makes it larger and smaller, null where none does
   */
  public record Pool(
      String name, NodePool nodes, ImmutableList<Pod> staticPods, @Nullable NodeGroup group) {
    /** Nodes that run nothing by themselves, and of which no cloud makes more. */
    public Pool(String name, NodePool nodes) {
      this(name, nodes, ImmutableList.of(), null);
    }

    /** Whether a node of this name is of these, be it there or yet to be added. */
    boolean has(String node) {
      String prefix = nodes.namePrefix();
      return node.startsWith(prefix)
          && node.length() > prefix.length()
          && node.substring(prefix.length()).chars().allMatch(c -> c >= '0' && c <= '9');
    }
  }

  /** What a node runs by itself. */
  public ImmutableList<Pod> staticPods(String node) {
    for (Pool pool : pools) {
      if (!pool.staticPods().isEmpty() && pool.has(node)) {
        return pool.staticPods();
      }
    }
    return ImmutableList.of();
  }

  /** A cluster of one pool, of the usual name. */
  public static Cluster of(NodePool nodes) {
    return new Cluster(ImmutableList.of(new Pool(DEFAULT_POOL, nodes)), ImmutableList.of());
  }

  /** The pools that a cloud makes larger and smaller. */
  public ImmutableList<NodeGroup> nodeGroups() {
    return pools.stream()
        .map(Pool::group)
        .filter(Objects::nonNull)
        .collect(ImmutableList.toImmutableList());
  }

  /** How many nodes there can be, as far as a cloud adds them. */
  public int mostNodes() {
    int most = size();
    for (Pool pool : pools) {
      if (pool.group() != null) {
        most += Math.max(0, pool.group().maxSize() - pool.nodes().count());
      }
    }
    return most;
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

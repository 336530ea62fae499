package io.towtank.scenarios.run;

import io.towtank.api.Node;
import io.towtank.node.NodeNetwork;
import io.towtank.node.NodePool;
import io.towtank.node.NodePoolBuilder;
import io.towtank.scenarios.language.Cluster;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The pools of a cluster, which can grow. */
final class NodePools {
  private final NodeNetwork network;
  private final Consumer<Node> creator;
  private final Map<String, NodePool> pools = new LinkedHashMap<>();

  NodePools(NodeNetwork network, Consumer<Node> creator) {
    this.network = network;
    this.creator = creator;
  }

  /** Creates the nodes that there are at the start. */
  void create(Cluster cluster) {
    for (Cluster.Pool pool : cluster.pools()) {
      pools.put(pool.name(), pool.nodes());
      pool.nodes().create(network, creator);
    }
    NodePool.createImported(cluster.nodes(), network, creator);
  }

  /** Creates further nodes of a pool, with the numbers after the last. */
  void add(String name, int count) {
    NodePool pool = pools.get(name);
    if (pool == null) {
      throw new IllegalStateException("the reader let pool \"" + name + "\" through");
    }
    NodePool more =
        NodePoolBuilder.builder(pool)
            .firstNumber(pool.firstNumber() + pool.count())
            .count(count)
            .build();
    pools.put(name, NodePoolBuilder.builder(pool).count(pool.count() + count).build());
    more.create(network, creator);
  }
}

package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
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
  private final Map<String, NodePool> reserved = new LinkedHashMap<>();

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

  /** Creates a node that came as an object. */
  void bring(Node node) {
    NodePool.createImported(ImmutableList.of(node), network, creator);
  }

  /** Creates further nodes of a pool, with the numbers after the last. */
  void add(String name, int count) {
    NodePool pool = pool(name);
    NodePool more =
        NodePoolBuilder.builder(pool)
            .firstNumber(pool.firstNumber() + pool.count())
            .count(count)
            .build();
    pools.put(name, NodePoolBuilder.builder(pool).count(pool.count() + count).build());
    more.create(network, creator);
  }

  /** A pool's next node as it will be, under a name that it will not have. */
  Node example(String name) {
    NodePool pool = pool(name);
    Node next = one(pool, pool.firstNumber() + pool.count()).example(0);
    return next.withMetadata(
        ObjectMetaBuilder.builder(next.metadata()).name("template-node-for-" + name).build());
  }

  /** Sets the next number of a pool aside; {@link #create(String)} makes its node. */
  String reserve(String name) {
    NodePool pool = pool(name);
    NodePool one = one(pool, pool.firstNumber() + pool.count());
    pools.put(name, NodePoolBuilder.builder(pool).count(pool.count() + 1).build());
    reserved.put(one.name(0), one);
    return one.name(0);
  }

  /** Creates a node of a pool whose number was set aside. */
  void create(String node) {
    NodePool one = reserved.remove(node);
    if (one == null) {
      throw new IllegalStateException("nobody reserved node " + node);
    }
    one.create(network, creator);
  }

  private static NodePool one(NodePool pool, int number) {
    return NodePoolBuilder.builder(pool).firstNumber(number).count(1).build();
  }

  private NodePool pool(String name) {
    NodePool pool = pools.get(name);
    if (pool == null) {
      throw new IllegalStateException("there is no pool \"" + name + "\"");
    }
    return pool;
  }
}

package io.towtank.node;

import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeSpec;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.client.ApiClient;
import io.towtank.store.DeleteOptions;

/**
 * What accidents and operators do to nodes, by name: they crash and come back, and are cordoned and
 * deleted as with kubectl ({@link NodeDrain} drains them). Names of nodes that do not exist are
 * passed over.
 */
public final class NodeFaults {
  private final HollowKubelets kubelets;
  private final ApiClient client;

  /**
   * @param client who asks, as kubectl would
   */
  public NodeFaults(HollowKubelets kubelets, ApiClient client) {
    this.kubelets = kubelets;
    this.client = client;
  }

  /** Crashes nodes: see {@link HollowKubelets#fail}. */
  public void fail(Iterable<String> nodes) {
    kubelets.fail(nodes);
  }

  /** Brings crashed nodes back: see {@link HollowKubelets#restore}. */
  public void restore(Iterable<String> nodes) {
    kubelets.restore(nodes);
  }

  /** Keeps new pods off nodes ({@code kubectl cordon}). */
  public void cordon(Iterable<String> nodes) {
    nodes.forEach(node -> setUnschedulable(node, true));
  }

  /** Lets new pods onto nodes again ({@code kubectl uncordon}). */
  public void uncordon(Iterable<String> nodes) {
    nodes.forEach(node -> setUnschedulable(node, false));
  }

  /** Takes nodes away for good: their machines stop and their Node objects are deleted. */
  public void delete(Iterable<String> nodes) {
    kubelets.fail(nodes);
    for (String node : nodes) {
      client.delete(
          Kinds.NODE, new ObjectKey(null, node), DeleteOptions.DEFAULT, (deleted, error) -> {});
    }
  }

  private void setUnschedulable(String node, boolean unschedulable) {
    client.patch(
        Kinds.NODE,
        new ObjectKey(null, node),
        stored -> withUnschedulable(stored, unschedulable),
        (stored, error) -> {});
  }

  static Node withUnschedulable(Node node, boolean unschedulable) {
    NodeSpec spec = node.spec();
    if (Boolean.TRUE.equals(spec.unschedulable()) == unschedulable) {
      return node;
    }
    return node.withSpec(
        NodeSpecBuilder.builder(spec).unschedulable(unschedulable ? true : null).build());
  }
}

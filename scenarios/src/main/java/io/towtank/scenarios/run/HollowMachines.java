package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.autoscaler.Machines;
import io.towtank.autoscaler.NodeGroup;
import io.towtank.node.HollowKubelets;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;

/** The machines of a cloud: hollow nodes of the pools. */
final class HollowMachines implements Machines {
  private final NodePools pools;
  private final HollowKubelets kubelets;
  private final ApiStore store;

  HollowMachines(NodePools pools, HollowKubelets kubelets, ApiStore store) {
    this.pools = pools;
    this.kubelets = kubelets;
    this.store = store;
  }

  @Override
  public Node template(NodeGroup group) {
    return pools.example(group.name());
  }

  @Override
  public String reserve(NodeGroup group) {
    return pools.reserve(group.name());
  }

  @Override
  public void start(NodeGroup group, String name) {
    pools.create(name);
  }

  /** The cloud's node controller deletes a Node whose machine it does not find any more. */
  @Override
  public void stop(String name) {
    kubelets.fail(ImmutableList.of(name));
    if (store.get(Kinds.NODE, null, name) != null) {
      store.delete(Kinds.NODE, null, name, DeleteOptions.DEFAULT);
    }
  }
}

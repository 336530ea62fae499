package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeSpec;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The addresses of pods, out of the range of their node. */
final class PodAddresses {
  private final ApiClient client;
  private final NodeNetwork network;
  private final PodTable table;

  PodAddresses(ApiClient client, NodeNetwork network, PodTable table) {
    this.client = client;
    this.network = network;
    this.table = table;
  }

  /** Sees to it that a node has a range. */
  void nodeAdded(HollowKubelet node, NodeSpec spec) {
    if (node.ips == null) {
      node.ips = new PodIps(podCidr(node, spec));
    }
  }

  /** A node that is down is deleted: its range may be given to another one. */
  void nodeDeleted(HollowKubelet node, Node last) {
    node.ips = null;
    NodePool.cidrs(last.spec()).forEach(network::release);
  }

  /** A node crashes: nobody has an address of it any more. */
  void crash(HollowKubelet node) {
    node.waitingForIp = null;
    if (node.ips != null) {
      node.ips.clear();
    }
  }

  /** Gives a pod an address of its node; false where none is left. */
  boolean take(HollowKubelet node, int row) {
    if (node.ips == null) {
      return false;
    }
    table.ips[row] = node.ips.take();
    return table.ips[row] != PodIps.NONE;
  }

  /** Has a pod keep the address that its status tells. */
  void keep(HollowKubelet node, int row) {
    String ip = table.pod(row).status().podIP();
    Cidr address = ip == null ? null : Cidr.parseOrNull(ip + "/32");
    if (!table.plan(row).hostNetwork
        && address != null
        && node.ips != null
        && node.ips.take(address.base())) {
      table.ips[row] = address.base();
    }
  }

  /** The address of a pod, which it gets now if it has none; null where none is left. */
  @Nullable String of(Pod pod) {
    int row = table.find(PodTable.uid(pod));
    if (row == PodTable.NONE) {
      return pod.status().podIP();
    }
    HollowKubelet node = table.node(row);
    if (table.plan(row).hostNetwork) {
      return node.hostIp;
    }
    return table.ips[row] != PodIps.NONE || take(node, row) ? Cidr.text(table.ips[row]) : null;
  }

  /** A pod waits until an address is free. */
  void await(HollowKubelet node, PodWorker worker) {
    if (node.waitingForIp == null) {
      node.waitingForIp = new ArrayDeque<>();
    }
    node.waitingForIp.add(worker);
  }

  /** A pod does not want an address any more, or not the one that it was about to get. */
  void stopWaiting(HollowKubelet node, PodWorker worker, boolean retrying) {
    if (node.waitingForIp == null) {
      return;
    }
    node.waitingForIp.remove(worker);
    if (retrying) {
      offer(node);
    }
  }

  /** A pod's address is free again. */
  void release(HollowKubelet node, int row) {
    int ip = table.ips[row];
    if (ip != PodIps.NONE && node.ips != null) {
      node.ips.free(ip);
      table.ips[row] = PodIps.NONE;
      offer(node);
    }
  }

  private void offer(HollowKubelet node) {
    PodWorker first = node.waitingForIp == null ? null : node.waitingForIp.poll();
    if (first != null) {
      first.retrySandbox();
    }
  }

  private Cidr podCidr(HollowKubelet node, NodeSpec spec) {
    for (String text : NodePool.cidrs(spec)) {
      Cidr cidr = Cidr.parseOrNull(text);
      if (cidr != null) {
        network.reserve(text);
        return cidr;
      }
    }
    // kube-controller-manager: nodeipam gives a range to a node that comes without one
    String text = network.allocatePodCidr();
    client.patch(
        Kinds.NODE,
        new ObjectKey(null, node.name),
        stored ->
            stored.withSpec(
                NodeSpecBuilder.builder(stored.spec())
                    .podCIDR(text)
                    .podCIDRs(ImmutableList.of(text))
                    .build()),
        (stored, error) -> {});
    return Cidr.parse(text);
  }
}

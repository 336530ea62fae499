package io.towtank.node;

import java.util.BitSet;

/**
 * The addresses of a cluster: carves each node's pod CIDR from the cluster's
 * (kube-controller-manager: nodeipam, cidrset) and numbers the nodes' own addresses.
 */
public final class NodeNetwork {
  private static final String CLUSTER_CIDR = "10.0.0.0/8";
  private static final String NODE_ADDRESSES = "172.16.0.0/12";
  // kube-controller-manager: --node-cidr-mask-size
  private static final int NODE_PREFIX = 24;

  private final Cidr cluster;
  private final Cidr addresses;
  private final int nodePrefix;
  private final BitSet taken = new BitSet();
  private int nextCidr;
  private int nextAddress = 1;

  /**
   * A network.
   *
   * @param clusterCidr all pods' addresses, as in {@code 10.0.0.0/8}
   * @param nodePrefix the prefix length of one node's share, as in 24
   * @param nodeAddresses the nodes' own addresses, as in {@code 172.16.0.0/12}
   * @throws IllegalArgumentException where a range is none, or a share does not fit into the whole
   */
  public NodeNetwork(String clusterCidr, int nodePrefix, String nodeAddresses) {
    this.cluster = Cidr.parse(clusterCidr);
    this.addresses = Cidr.parse(nodeAddresses);
    this.nodePrefix = nodePrefix;
    if (nodePrefix < cluster.prefix() || nodePrefix > 30) {
      throw new IllegalArgumentException(
          "a node's share of "
              + clusterCidr
              + " cannot be a /"
              + nodePrefix
              + ": it has to be between /"
              + cluster.prefix()
              + " and /30");
    }
  }

  /**
   * A network with room for so many nodes: a /24 each of 10.0.0.0/8, or less where there are more
   * than 65,536.
   */
  public static NodeNetwork forNodes(int nodes) {
    int needed = 8 + Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, nodes) - 1);
    return new NodeNetwork(CLUSTER_CIDR, Math.max(NODE_PREFIX, needed), NODE_ADDRESSES);
  }

  /** Keeps a range that a node has already from being handed out; others are no concern. */
  public void reserve(String podCidr) {
    Cidr range = Cidr.parseOrNull(podCidr);
    if (range != null && cluster.contains(range.base())) {
      int first = index(range);
      taken.set(first, first + (int) Math.max(1, range.size() >> (32 - nodePrefix)));
    }
  }

  /** Gives a node's range back. */
  public void release(String podCidr) {
    Cidr range = Cidr.parseOrNull(podCidr);
    if (range != null && range.prefix() == nodePrefix && cluster.contains(range.base())) {
      taken.clear(index(range));
    }
  }

  /**
   * A range for a node that has none: the next one, and those given back when all were handed out.
   *
   * @throws IllegalStateException where none is left
   */
  public String allocatePodCidr() {
    int shares = 1 << (nodePrefix - cluster.prefix());
    int index = taken.nextClearBit(nextCidr);
    if (index >= shares) {
      index = taken.nextClearBit(0);
    }
    if (index >= shares) {
      throw new IllegalStateException(
          "no pod CIDR is left: "
              + cluster
              + " has "
              + shares
              + " shares of /"
              + nodePrefix
              + ". Maybe use a larger cluster CIDR, or smaller shares");
    }
    taken.set(index);
    nextCidr = (index + 1) % shares;
    return new Cidr(cluster.base() + (index << (32 - nodePrefix)), nodePrefix).toString();
  }

  /**
   * The next node's own address.
   *
   * @throws IllegalStateException where none is left
   */
  public String nextAddress() {
    if (nextAddress >= addresses.size() - 1) {
      throw new IllegalStateException("no node address is left in " + addresses);
    }
    return Cidr.text(addresses.base() + nextAddress++);
  }

  private int index(Cidr range) {
    return (range.base() - cluster.base()) >>> (32 - nodePrefix);
  }
}

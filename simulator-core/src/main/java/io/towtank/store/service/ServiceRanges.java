package io.towtank.store.service;

import com.google.common.collect.ImmutableList;

/**
 * From where Services get what they need.
 *
 * @param clusterIps a range of addresses for each family of the cluster, the default one first
 *     (kube-apiserver: --service-cluster-ip-range)
 * @param firstNodePort the first port that nodes open for Services (--service-node-port-range)
 * @param lastNodePort the last one
 */
public record ServiceRanges(ImmutableList<String> clusterIps, int firstNodePort, int lastNodePort) {
  /** As kubeadm and kube-apiserver have it: IPv4 alone. */
  public static final ServiceRanges DEFAULT =
      new ServiceRanges(ImmutableList.of("10.96.0.0/12"), 30_000, 32_767);

  /**
   * Ranges.
   *
   * @throws IllegalArgumentException where one is none, both are of one family, or none is given
   */
  public ServiceRanges {
    if (clusterIps.isEmpty() || clusterIps.size() > 2) {
      throw new IllegalArgumentException(
          "one range of cluster IPs, or one of each family, not " + clusterIps.size());
    }
    if (clusterIps.size() == 2
        && AddressPool.of(clusterIps.get(0)).family()
            == AddressPool.of(clusterIps.get(1)).family()) {
      throw new IllegalArgumentException(
          "two ranges of cluster IPs are one of IPv4 and one of IPv6, not "
              + clusterIps.get(0)
              + " and "
              + clusterIps.get(1));
    }
    AddressPool.of(clusterIps.getFirst());
    if (firstNodePort < 1 || lastNodePort > 65_535 || firstNodePort > lastNodePort) {
      throw new IllegalArgumentException(
          "no range of node ports: " + firstNodePort + "-" + lastNodePort);
    }
  }

  /** The same with other cluster IPs. */
  public ServiceRanges withClusterIps(ImmutableList<String> clusterIps) {
    return new ServiceRanges(clusterIps, firstNodePort, lastNodePort);
  }
}

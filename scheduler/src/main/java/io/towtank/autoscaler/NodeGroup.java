package io.towtank.autoscaler;

import io.towtank.latency.Distribution;

/**
 * Nodes of one make of which a cloud gives more or fewer.
 *
 * @param name also that of the node pool
 * @param minSize it is not made smaller than this
 * @param maxSize it is not made larger than this
 * @param pricePerHour of a node, in whatever currency
 * @param provisioning how long a machine takes from the request until its kubelet starts
 * @param stock so many machines can be had at the same time; requests beyond are taken and never
 *     fulfilled
 */
public record NodeGroup(
    String name,
    int minSize,
    int maxSize,
    double pricePerHour,
    Distribution provisioning,
    int stock) {
  /** Checks that the numbers make sense. */
  public NodeGroup {
    if (minSize < 0 || maxSize < minSize || pricePerHour < 0 || stock < 0) {
      throw new IllegalArgumentException(
          "a node group of " + minSize + " to " + maxSize + " nodes is none");
    }
  }
}

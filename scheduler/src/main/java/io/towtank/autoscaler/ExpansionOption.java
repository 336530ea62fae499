package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;

/**
 * A group that could grow, and what that would do (cluster-autoscaler: expander.Option).
 *
 * @param nodes how many nodes it would get
 * @param pods the pods that would find room
 * @param wastedCpu the share of the new nodes' CPU that no pod asks for
 * @param wastedMemory the same of their memory
 * @param requestedMilliCpu what the pods ask for
 */
public record ExpansionOption(
    NodeGroup group,
    int nodes,
    ImmutableList<Pod> pods,
    double wastedCpu,
    double wastedMemory,
    long requestedMilliCpu) {
  /** What the nodes cost for an hour. */
  public double pricePerHour() {
    return nodes * group.pricePerHour();
  }
}

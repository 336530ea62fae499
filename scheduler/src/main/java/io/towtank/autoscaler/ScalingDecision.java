package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;

/** What the autoscaler decided, with the numbers that it was decided by. */
public sealed interface ScalingDecision {
  /** The group that it is about. */
  NodeGroup group();

  /** When, in nanoseconds since the start. */
  long atNanos();

  /**
   * A group gets more nodes.
   *
   * @param from how many it had or was about to have
   * @param pods how many pods wait for the nodes
   * @param options all that it was chosen from
   */
  record ScaleUp(
      long atNanos, NodeGroup group, int from, int to, int pods, ImmutableList<Considered> options)
      implements ScalingDecision {}

  /** A group that could have grown: an {@link ExpansionOption} in numbers. */
  record Considered(
      String group,
      int nodes,
      int pods,
      double wastedCpu,
      double wastedMemory,
      double pricePerHour) {
    static Considered of(ExpansionOption option) {
      return new Considered(
          option.group().name(),
          option.nodes(),
          option.pods().size(),
          option.wastedCpu(),
          option.wastedMemory(),
          option.pricePerHour());
    }
  }

  /**
   * A node is given up.
   *
   * @param utilization the greater of the shares of CPU and memory that its pods ask for
   * @param unneededNanos for how long it was not needed
   * @param pods how many pods have to move
   */
  record ScaleDown(
      long atNanos, NodeGroup group, String node, double utilization, long unneededNanos, int pods)
      implements ScalingDecision {}

  /** Something did not work: machines that did not come, or a node that could not be drained. */
  record Failure(long atNanos, NodeGroup group, String message) implements ScalingDecision {}
}

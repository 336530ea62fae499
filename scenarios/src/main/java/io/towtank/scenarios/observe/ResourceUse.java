package io.towtank.scenarios.observe;

/**
 * How much of a resource is requested by pods that are bound.
 *
 * @param resource as in {@code cpu} or {@code nvidia.com/gpu}
 * @param requested at the end: cores of cpu, bytes of memory, units of others
 * @param allocatable what all nodes offer at the end, in the same unit
 * @param mean the mean share by virtual time, from 0 to 1
 * @param peak the highest share that lasted
 * @param perNode shares of the nodes at the end
 */
public record ResourceUse(
    String resource,
    double requested,
    double allocatable,
    double mean,
    double peak,
    Spread perNode) {
  /** The share at the end, from 0 to 1. */
  public double share() {
    return allocatable == 0 ? 0 : requested / allocatable;
  }

  /**
   * How shares differ from node to node; all 0 where no node offers the resource.
   *
   * @param deviation the standard deviation
   */
  public record Spread(double min, double p50, double p90, double max, double deviation) {
    /** No node. */
    public static final Spread NONE = new Spread(0, 0, 0, 0, 0);
  }
}

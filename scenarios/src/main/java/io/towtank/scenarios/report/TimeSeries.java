package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableLongArray;

/**
 * How things went over virtual time.
 *
 * @param nanos when each sample was taken, virtual nanoseconds since the start, ascending
 * @param pods how many pods there were in each phase, and how many of them were {@code Ready}
 * @param nodes how many nodes there were that were {@code Ready} and {@code Not ready}
 * @param utilization how much of each resource was requested
 */
public record TimeSeries(
    ImmutableLongArray nanos,
    ImmutableList<Line> pods,
    ImmutableList<Line> nodes,
    ImmutableList<Utilization> utilization) {
  /** Nothing was sampled. */
  public static final TimeSeries EMPTY =
      new TimeSeries(
          ImmutableLongArray.of(), ImmutableList.of(), ImmutableList.of(), ImmutableList.of());

  /**
   * How many there were of a kind.
   *
   * @param name as in {@code Running}
   * @param counts one a sample
   */
  public record Line(String name, ImmutableDoubleArray counts) {}

  /**
   * How full nodes were, as far as they offer a resource.
   *
   * @param resource as in {@code cpu} or {@code nvidia.com/gpu}
   * @param mean the mean of the nodes' shares, from 0 to 1, one a sample
   * @param deviation the standard deviation of the nodes' shares, one a sample
   */
  public record Utilization(
      String resource, ImmutableDoubleArray mean, ImmutableDoubleArray deviation) {}
}

package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableLongArray;

/**
 * How things went over virtual time.
 *
 * @param nanos when each sample was taken, virtual nanoseconds since the start, ascending
 * @param pods how many pods there were in each phase
 * @param utilization how much of each resource was requested
 */
public record TimeSeries(
    ImmutableLongArray nanos, ImmutableList<Phase> pods, ImmutableList<Utilization> utilization) {
  /** Nothing was sampled. */
  public static final TimeSeries EMPTY =
      new TimeSeries(ImmutableLongArray.of(), ImmutableList.of(), ImmutableList.of());

  /**
   * Pods in a phase.
   *
   * @param phase as in {@code Running}
   * @param counts one a sample
   */
  public record Phase(String phase, ImmutableDoubleArray counts) {}

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

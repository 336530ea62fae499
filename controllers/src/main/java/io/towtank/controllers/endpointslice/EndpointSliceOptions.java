package io.towtank.controllers.endpointslice;

/**
 * How the endpoint slice controller works (kube-controller-manager's options).
 *
 * @param maxEndpointsPerSlice {@code --max-endpoints-per-slice}, 1 to 1000
 * @param updatesBatchNanos {@code --endpointslice-updates-batch-period}: for how many virtual
 *     nanoseconds changes of pods are gathered before a sync
 */
public record EndpointSliceOptions(int maxEndpointsPerSlice, long updatesBatchNanos) {
  /** As kube-controller-manager comes. */
  public static final EndpointSliceOptions DEFAULT = new EndpointSliceOptions(100, 0);

  public EndpointSliceOptions {
    if (maxEndpointsPerSlice < 1 || maxEndpointsPerSlice > 1000) {
      throw new IllegalArgumentException(
          "maxEndpointsPerSlice is " + maxEndpointsPerSlice + ": it is a number from 1 to 1000");
    }
    if (updatesBatchNanos < 0) {
      throw new IllegalArgumentException("updatesBatchNanos is negative: " + updatesBatchNanos);
    }
  }
}

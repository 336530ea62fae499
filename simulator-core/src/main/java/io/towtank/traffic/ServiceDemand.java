package io.towtank.traffic;

import io.towtank.api.ObjectKey;

/**
 * What clients want of a service.
 *
 * @param service whose endpoints serve them
 * @param cpuNanos how much CPU time a request takes on a pod
 * @param proxy how requests are spread over endpoints
 */
public record ServiceDemand(ObjectKey service, DemandCurve curve, long cpuNanos, ProxyMode proxy) {}

package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.api.ObjectKey;
import org.jspecify.annotations.Nullable;

/**
 * What clients want.
 *
 * @param service which service they ask; null where they go by {@code host}
 * @param host the host of the Ingress that they ask, empty where they ask a service
 * @param path what they ask for, as Ingress and VirtualService go by it
 * @param headers what they send along
 * @param cost how much CPU time a request takes on a pod
 * @param proxyMode of kube-proxy
 * @param balancing how kube-proxy picks endpoints; null for what the mode has
 * @param timeoutNanos who has waited so long for a pod to begin gives up
 * @param queueLimit how many requests may wait on a pod; more are turned away
 * @param clients how many there are, for what remembers clients
 */
@RecordBuilder
public record ServiceDemand(
    @Nullable ObjectKey service,
    String host,
    String path,
    ImmutableMap<String, String> headers,
    TrafficSource from,
    DemandCurve curve,
    RequestCost cost,
    Dataplane proxyMode,
    @Nullable Balancing balancing,
    long timeoutNanos,
    long queueLimit,
    int clients) {
  /** How long clients wait, of which nothing else is said. */
  public static final long DEFAULT_TIMEOUT_NANOS = 5_000_000_000L;

  /** How many clients there are of which nothing else is said. */
  public static final int DEFAULT_CLIENTS = 1000;

  /** Demand for a service of which nothing else is said than how much and what it costs. */
  public static ServiceDemand of(ObjectKey service, DemandCurve curve, RequestCost cost) {
    return new ServiceDemand(
        service,
        "",
        "/",
        ImmutableMap.of(),
        TrafficSource.EVERYWHERE,
        curve,
        cost,
        Dataplane.IPTABLES,
        null,
        DEFAULT_TIMEOUT_NANOS,
        Long.MAX_VALUE,
        DEFAULT_CLIENTS);
  }

  /** Whom it asks, as people call it. */
  String asked() {
    return service == null ? host : service.toString();
  }
}

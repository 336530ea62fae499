package io.towtank.traffic;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;

/**
 * What became of the requests to a service. A request is counted when it comes.
 *
 * @param service namespace/name, or the host of an Ingress that nobody answers for
 * @param requests how many came
 * @param succeeded how many were answered
 * @param refused there was no endpoint to send them to
 * @param unreachable they were sent to an endpoint that was gone
 * @param shed too many waited on their pod already
 * @param timedOut they waited too long
 * @param retried how often an attempt was repeated
 * @param sameZone which share stayed within its zone, from 0 to 1
 * @param quantileNanos of latencies, for each of {@link #QUANTILES}
 * @param destinations how many went to each part of it (an Istio subset, or another service), where
 *     there is more than one
 * @param binNanos how long a bin of the history is
 * @param rates how many came a second, a bin
 * @param errors how many a second got no answer, a bin
 * @param quantiles of latencies, in nanoseconds, for each of {@link #QUANTILES} a bin
 */
public record TrafficResult(
    String service,
    long requests,
    long succeeded,
    long refused,
    long unreachable,
    long shed,
    long timedOut,
    long retried,
    double sameZone,
    ImmutableDoubleArray quantileNanos,
    ImmutableMap<String, Long> destinations,
    long binNanos,
    ImmutableDoubleArray rates,
    ImmutableDoubleArray errors,
    ImmutableList<ImmutableDoubleArray> quantiles) {
  /** Which quantiles of latencies are told. */
  public static final ImmutableDoubleArray QUANTILES = ImmutableDoubleArray.of(0.5, 0.9, 0.99);

  static TrafficResult of(
      ServiceTotals totals,
      double[] latencies,
      long binNanos,
      double[] rates,
      double[] errors,
      double[][] quantiles) {
    long requests = Math.round(totals.requests);
    long refused = Math.round(totals.refused);
    long unreachable = Math.round(totals.unreachable);
    long shed = Math.round(totals.shed);
    long timedOut = Math.round(totals.timedOut);
    ImmutableMap.Builder<String, Long> destinations = ImmutableMap.builder();
    totals.destinations.forEach((name, count) -> destinations.put(name, Math.round(count[0])));
    ImmutableDoubleArray.Builder overall = ImmutableDoubleArray.builder();
    QUANTILES.forEach(q -> overall.add(LatencyBuckets.quantileNanos(latencies, q)));
    ImmutableList.Builder<ImmutableDoubleArray> overTime = ImmutableList.builder();
    for (double[] one : quantiles) {
      overTime.add(ImmutableDoubleArray.copyOf(one));
    }
    return new TrafficResult(
        totals.name,
        requests,
        Math.max(0, requests - refused - unreachable - shed - timedOut),
        refused,
        unreachable,
        shed,
        timedOut,
        Math.round(totals.retried),
        totals.requests > 0 ? totals.stayed / totals.requests : 0,
        overall.build(),
        destinations.buildOrThrow(),
        binNanos,
        ImmutableDoubleArray.copyOf(rates),
        ImmutableDoubleArray.copyOf(errors),
        overTime.build());
  }

  /** Which share of the requests got no answer, from 0 to 1. */
  public double errorShare() {
    return requests == 0 ? 0 : (double) (requests - succeeded) / requests;
  }
}

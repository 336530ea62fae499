package io.towtank.traffic;

import io.towtank.api.ObjectKey;
import io.towtank.time.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A demand on its way: how many requests came, over which targets they were spread. Time passes in
 * segments within which endpoints, shares and loads stay as they are.
 */
final class Flow {
  final ServiceDemand demand;
  final RandomStream random;
  final ServiceTotals asked;
  Origins origins = Origins.NOBODY;
  private final List<Target> targets = new ArrayList<>();
  private final List<ServiceTotals> totals = new ArrayList<>();
  private final List<double[]> destinations = new ArrayList<>();
  private final Target.Outcome outcome = new Target.Outcome();
  private double[] weights = {};
  private long[] counts = {};
  private double[] attempts = {};
  private long sinceNanos;
  private double owed;

  /**
   * @param asked what is noted where requests have no way
   */
  Flow(ServiceDemand demand, RandomStream random, ServiceTotals asked) {
    this.demand = demand;
    this.random = random;
    this.asked = asked;
  }

  List<Target> targets() {
    return targets;
  }

  /** Whether a target of it is a service's, through one of the planes. */
  boolean uses(Dataplane plane, ObjectKey service) {
    for (Target target : targets) {
      if (target.leg.plane() == plane && target.leg.service().equals(service)) {
        return true;
      }
    }
    return false;
  }

  /** Goes another way from now on. */
  void turnTo(List<Target> next, List<ServiceTotals> nextTotals) {
    targets.forEach(Target::leave);
    targets.clear();
    totals.clear();
    destinations.clear();
    targets.addAll(next);
    totals.addAll(nextTotals);
    weights = new double[next.size()];
    counts = new long[next.size()];
    attempts = new double[next.size()];
    double sum = 0;
    for (Target target : next) {
      sum += target.leg.weight();
    }
    for (int i = 0; i < weights.length; i++) {
      Route.Leg leg = next.get(i).leg;
      weights[i] = leg.weight() / sum;
      attempts[i] = 1;
      String name = leg.subset().isEmpty() ? leg.service().name() : leg.subset();
      destinations.add(
          weights.length > 1 || !leg.subset().isEmpty()
              ? nextTotals.get(i).destinations.computeIfAbsent(name, n -> new double[1])
              : new double[1]);
    }
  }

  /**
   * Lets the time until now pass.
   *
   * @return whether a target leaves out other endpoints from now on
   */
  boolean advance(long nowNanos) {
    if (nowNanos <= sinceNanos) {
      return false;
    }
    long fromNanos = sinceNanos;
    sinceNanos = nowNanos;
    double expected =
        origins.isEmpty() && !(demand.from() instanceof TrafficSource.Outside)
            ? 0
            : demand.curve().requests(fromNanos, nowNanos);
    owed += expected;
    long arrived = (long) owed;
    owed -= arrived;
    if (targets.isEmpty()) {
      asked.requests += arrived;
      asked.refused += arrived;
      return false;
    }
    if (targets.size() == 1) {
      counts[0] = arrived;
    } else {
      Balancing.RANDOM.draw(arrived, weights, 0, random, counts);
    }
    boolean changed = false;
    for (int i = 0; i < counts.length; i++) {
      changed |= serve(i, expected, fromNanos, nowNanos);
    }
    return changed;
  }

  private boolean serve(int i, double expected, long fromNanos, long nowNanos) {
    Target target = targets.get(i);
    ServiceTotals here = totals.get(i);
    long count = counts[i];
    outcome.clear();
    // Attempts that are repeated are load as well; there are as many as failed a moment ago.
    long sent = Math.round(count * attempts[i]);
    boolean changed =
        target.serve(
            sent,
            expected * weights[i] * attempts[i],
            fromNanos,
            nowNanos,
            fromNanos / ServiceTraffic.INTERVAL_NANOS,
            here,
            outcome);
    changed |= target.hasReturning(fromNanos, nowNanos);
    here.requests += count;
    destinations.get(i)[0] += count;
    if (sent == 0) {
      return changed;
    }
    double perSent = (double) count / sent;
    double failing = (outcome.refused + outcome.unreachable + outcome.shed) / sent;
    // Each repeated attempt fails as often as the first.
    int retries = target.leg.retries();
    double left = retries == 0 ? 1 : StrictMath.pow(failing, retries);
    attempts[i] =
        retries == 0 || failing <= 0
            ? 1
            : failing >= 1 ? retries + 1 : (1 - failing * left) / (1 - failing);
    here.refused += outcome.refused * left * perSent;
    here.unreachable += outcome.unreachable * left * perSent;
    here.shed += outcome.shed * left * perSent;
    here.timedOut += outcome.timedOut * perSent;
    here.stayed += outcome.stayed * perSent;
    here.retried += sent - count;
    return changed;
  }
}

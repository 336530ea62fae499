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

  /** Goes another way from now on; what is mirrored comes last. */
  void turnTo(List<Target> next, List<ServiceTotals> nextTotals) {
    targets.forEach(Target::leave);
    targets.clear();
    totals.clear();
    destinations.clear();
    targets.addAll(next);
    totals.addAll(nextTotals);
    counts = new long[next.size()];
    attempts = new double[next.size()];
    double sum = 0;
    int own = 0;
    for (Target target : next) {
      if (!target.leg.mirrored()) {
        sum += target.leg.weight();
        own++;
      }
    }
    weights = new double[own];
    for (int i = 0; i < next.size(); i++) {
      Route.Leg leg = next.get(i).leg;
      if (i < own) {
        weights[i] = leg.weight() / sum;
      }
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
    if (weights.length == 0) {
      asked.requests += arrived;
      asked.refused += arrived;
      return false;
    }
    if (weights.length == 1) {
      counts[0] = arrived;
    } else {
      Balancing.RANDOM.draw(arrived, weights, 0, random, counts);
    }
    boolean changed = false;
    for (int i = 0; i < counts.length; i++) {
      double share = i < weights.length ? weights[i] : targets.get(i).leg.weight();
      if (i >= weights.length) {
        counts[i] = Balancing.binomial(arrived, share, random);
      }
      changed |= serve(i, expected * share, fromNanos, nowNanos);
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
            expected * attempts[i],
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
    Route.Retries retries = target.leg.retries();
    double failing =
        ((retries.unreachable() ? outcome.unreachable : 0)
                + (retries.turnedAway() ? outcome.shed : 0)
                + (retries.timedOut() ? outcome.timedOut : 0))
            / sent;
    // Each repeated attempt fails as often as the first. The last one does not matter any more.
    int most = retries.attempts();
    double left = most == 0 ? 1 : StrictMath.pow(failing, most) * perSent;
    attempts[i] =
        most == 0 || failing <= 0
            ? 1
            : failing >= 1 ? most + 1 : (1 - StrictMath.pow(failing, most + 1)) / (1 - failing);
    // What is not repeated fails its request, of as many attempts as there are by what fails now:
    // those that were sent may be more, by what failed a moment ago.
    double each = perSent * attempts[i];
    here.refused += outcome.refused * each;
    here.unreachable += outcome.unreachable * (retries.unreachable() ? left : each);
    here.shed += outcome.shed * (retries.turnedAway() ? left : each);
    here.timedOut += outcome.timedOut * (retries.timedOut() ? left : each);
    here.stayed += outcome.stayed * perSent;
    here.retried += sent - count;
    return changed;
  }
}

package io.towtank.traffic;

import io.towtank.time.RandomStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Who remembers which endpoint each client went to (sessionAffinity: ClientIP): a client goes there
 * again unless it has been silent for longer than the timeout, or the endpoint is gone.
 *
 * <p>All clients are as busy as one another.
 */
final class Affinity {
  private static final int NOBODY = -1;

  private final Backend[] known;
  private Backend[] present = {};
  private final int[] endpointOf;
  private final long timeoutNanos;
  private double renewals;
  private int next;

  Affinity(int clients, long timeoutNanos) {
    this.known = new Backend[clients];
    this.endpointOf = new int[clients];
    this.timeoutNanos = timeoutNanos;
    Arrays.fill(endpointOf, NOBODY);
  }

  /** There are other endpoints: clients of those that are gone get new ones, by their shares. */
  void endpoints(Backend[] backends, double[] shares, RandomStream random) {
    present = backends;
    Map<Backend, Integer> places = new HashMap<>();
    for (int i = 0; i < backends.length; i++) {
      places.put(backends[i], i);
    }
    for (int client = 0; client < known.length; client++) {
      Integer place = places.get(known[client]);
      assign(client, place == null ? pick(shares, random) : place);
    }
  }

  private void assign(int client, int endpoint) {
    endpointOf[client] = endpoint;
    known[client] = present[endpoint];
  }

  private static int pick(double[] shares, RandomStream random) {
    double left = random.nextDouble();
    for (int i = 0; i < shares.length - 1; i++) {
      left -= shares[i];
      if (left < 0) {
        return i;
      }
    }
    return shares.length - 1;
  }

  /** Some clients have been silent for too long: they are sent anywhere. */
  void pass(double requests, double nanos, double[] shares, RandomStream random) {
    if (nanos <= 0 || present.length == 0) {
      return;
    }
    double perClient = requests / known.length;
    renewals += requests * StrictMath.exp(-perClient / nanos * timeoutNanos);
    for (; renewals >= 1; renewals--) {
      assign(next, pick(shares, random));
      next = (next + 1) % known.length;
    }
  }

  /** Which share of the requests each endpoint gets. */
  double[] shares() {
    double[] shares = new double[present.length];
    for (int endpoint : endpointOf) {
      shares[endpoint] += 1.0 / endpointOf.length;
    }
    return shares;
  }
}

package io.towtank.traffic;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** A queue in which every request is simulated: what {@link QueueTable} is held against. */
final class PlainQueue {
  private final PriorityQueue<Double> busyUntil = new PriorityQueue<>();
  private final double bound;
  private double clock;
  long lost;
  long served;
  double waited;

  PlainQueue(int workers, double bound) {
    this.bound = bound;
    for (int i = 0; i < workers; i++) {
      busyUntil.add(0.0);
    }
  }

  interface Draw {
    double next(RandomGenerator random);
  }

  /** How long a request waits that comes after a gap, -1 where it is lost. */
  double request(double gap, double service) {
    clock += gap;
    double free = busyUntil.element();
    double wait = Math.max(0, free - clock);
    if (wait > bound) {
      lost++;
      return -1;
    }
    busyUntil.remove();
    busyUntil.add(clock + wait + service);
    served++;
    waited += wait;
    return wait;
  }

  double clock() {
    return clock;
  }

  /** Latencies of many requests, sorted, of those that are served. */
  double[] latencies(int requests, Draw gaps, Draw services, RandomGenerator random) {
    double[] latencies = new double[requests];
    int count = 0;
    int warmUp = requests / 10;
    for (int i = 0; i < requests; i++) {
      double service = services.next(random);
      double wait = request(gaps.next(random), service);
      if (i == warmUp) {
        served = 0;
        lost = 0;
        waited = 0;
        count = 0;
      }
      if (wait >= 0) {
        latencies[count++] = wait + service;
      }
    }
    double[] sorted = Arrays.copyOf(latencies, count);
    Arrays.sort(sorted);
    return sorted;
  }
}

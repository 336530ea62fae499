package io.towtank.traffic;

import java.util.Arrays;

/** How many of something there were in each of the last intervals. */
final class RecentCounts {
  /** How many intervals back it is known: enough for two minutes. A power of 2. */
  private static final int KEPT = 32;

  private final double[] counts = new double[KEPT];
  private long last = -1;

  /** So many more in an interval, which is none before the last. */
  void add(long interval, double count) {
    if (interval > last) {
      if (interval - last >= KEPT) {
        Arrays.fill(counts, 0);
      } else {
        for (long i = last + 1; i <= interval; i++) {
          counts[(int) i & (KEPT - 1)] = 0;
        }
      }
      last = interval;
    }
    counts[(int) interval & (KEPT - 1)] += count;
  }

  /** How many there were in some intervals before one, as far back as is known. */
  double before(long interval, int intervals) {
    double sum = 0;
    for (long i = Math.max(0, interval - intervals); i < interval; i++) {
      if (i <= last && i > last - KEPT) {
        sum += counts[(int) i & (KEPT - 1)];
      }
    }
    return sum;
  }
}

package io.towtank.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of the requests to a service, in all and over time.
 *
 * <p>Latencies are not noted for requests but for levels of load: how many requests met a pod at
 * each level of its table. What that is in time is added up where somebody asks, or where a bin of
 * the history is full. The history is of bins of equal length; when there is no room for more, two
 * and two become one.
 */
final class ServiceTotals {
  private static final int ROOM = 120;

  final String name;
  double requests;
  double refused;
  double unreachable;
  double shed;
  double timedOut;
  double retried;
  double stayed;
  final Map<String, double[]> destinations = new LinkedHashMap<>();

  private final List<Levels> levels = new ArrayList<>();
  private final double[] latencies = new double[LatencyBuckets.COUNT];
  private final double[] recent = new double[LatencyBuckets.COUNT];
  private final double[] binRequests = new double[ROOM];
  private final double[] binErrors = new double[ROOM];
  private final float[][] binLatencies = new float[ROOM][];
  private final long intervalNanos;
  private int bin;
  private int intervalsPerBin = 1;
  private int intervalsInBin;
  private double seenRequests;
  private double seenErrors;
  private double recentRequests;
  private double recentErrors;
  private long recentNanos;
  private boolean watched;
  private final RecentCounts lastRequests = new RecentCounts();
  private final RecentCounts lastErrors = new RecentCounts();

  /** How many requests met pods at each level of a table. */
  static final class Levels {
    private final QueueTable table;
    private final double[] counts = new double[QueueTable.LEVELS];
    private boolean any;

    Levels(QueueTable table) {
      this.table = table;
    }

    /** Notes that some were served at a level, which lies between two whole ones. */
    void add(double level, double count) {
      int below = (int) level;
      double part = level - below;
      counts[below] += count * (1 - part);
      if (part > 0) {
        counts[below + 1] += count * part;
      }
      any = true;
    }
  }

  ServiceTotals(String name, long intervalNanos) {
    this.name = name;
    this.intervalNanos = intervalNanos;
  }

  /** Where requests are noted that meet pods of a table. */
  Levels levels(QueueTable table) {
    for (int i = 0; i < levels.size(); i++) {
      if (isSame(levels.get(i).table, table)) {
        return levels.get(i);
      }
    }
    Levels added = new Levels(table);
    levels.add(added);
    return added;
  }

  @SuppressWarnings("ReferenceEquality") // Tables are kept once each.
  private static boolean isSame(QueueTable a, QueueTable b) {
    return a == b;
  }

  double errors() {
    return refused + unreachable + shed + timedOut;
  }

  /** Has latencies of each interval known by themselves from now on. */
  void watch() {
    watched = true;
  }

  private void flush() {
    Arrays.fill(recent, 0);
    for (Levels one : levels) {
      if (!one.any) {
        continue;
      }
      one.any = false;
      for (int level = 0; level < QueueTable.LEVELS; level++) {
        double count = one.counts[level];
        if (count > 0) {
          one.counts[level] = 0;
          double[] shares = one.table.latencies(level);
          for (int i = 0; i < shares.length; i++) {
            recent[i] += count * shares[i];
          }
        }
      }
    }
    // Tables come and go with the number of endpoints.
    if (levels.size() > 8) {
      levels.clear();
    }
    float[] here = binLatencies[bin];
    if (here == null) {
      here = new float[LatencyBuckets.COUNT];
      binLatencies[bin] = here;
    }
    for (int i = 0; i < recent.length; i++) {
      latencies[i] += recent[i];
      here[i] += (float) recent[i];
    }
  }

  /**
   * An interval is over, or the run.
   *
   * @param interval its number
   * @param nanos how long it was
   */
  void endInterval(long interval, long nanos) {
    recentRequests = requests - seenRequests;
    recentErrors = errors() - seenErrors;
    recentNanos = nanos;
    seenRequests = requests;
    seenErrors = errors();
    lastRequests.add(interval, recentRequests);
    lastErrors.add(interval, recentErrors);
    binRequests[bin] += recentRequests;
    binErrors[bin] += recentErrors;
    intervalsInBin++;
    if (watched) {
      flush();
    }
    if (intervalsInBin < intervalsPerBin) {
      return;
    }
    if (!watched) {
      flush();
    }
    intervalsInBin = 0;
    bin++;
    if (bin == ROOM) {
      halve();
    }
  }

  private void halve() {
    for (int i = 0; i < ROOM / 2; i++) {
      binRequests[i] = binRequests[2 * i] + binRequests[2 * i + 1];
      binErrors[i] = binErrors[2 * i] + binErrors[2 * i + 1];
      float[] merged = binLatencies[2 * i];
      float[] other = binLatencies[2 * i + 1];
      for (int j = 0; j < merged.length; j++) {
        merged[j] += other[j];
      }
      binLatencies[i] = merged;
    }
    Arrays.fill(binRequests, ROOM / 2, ROOM, 0);
    Arrays.fill(binErrors, ROOM / 2, ROOM, 0);
    Arrays.fill(binLatencies, ROOM / 2, ROOM, null);
    bin = ROOM / 2;
    intervalsPerBin *= 2;
  }

  /** How many came in some intervals before one. */
  double requestsBefore(long interval, int intervals) {
    return lastRequests.before(interval, intervals);
  }

  /** How many that came in some intervals before one got no answer. */
  double errorsBefore(long interval, int intervals) {
    return lastErrors.before(interval, intervals);
  }

  /** How many came a second in the last interval. */
  double rate() {
    return recentNanos == 0 ? 0 : recentRequests * 1e9 / recentNanos;
  }

  /** Which share of those that came in the last interval got no answer. */
  double errorShare() {
    // What is less is what sums of shares leave, and no request.
    return recentErrors <= recentRequests * 1e-9 ? 0 : recentErrors / recentRequests;
  }

  /** A quantile of the last interval's latencies, of a service that is watched. */
  double recentQuantileNanos(double share) {
    return LatencyBuckets.quantileNanos(recent, share);
  }

  /** All of it, as it is now. */
  TrafficResult result() {
    flush();
    int bins = intervalsInBin > 0 ? bin + 1 : bin;
    double[] rates = new double[bins];
    double[] errors = new double[bins];
    double[][] quantiles = new double[TrafficResult.QUANTILES.length()][bins];
    for (int i = 0; i < bins; i++) {
      double seconds = (i == bin ? intervalsInBin : intervalsPerBin) * (intervalNanos / 1e9);
      rates[i] = binRequests[i] / seconds;
      errors[i] = binErrors[i] / seconds;
      float[] counts = binLatencies[i];
      double[] wide = new double[LatencyBuckets.COUNT];
      for (int j = 0; counts != null && j < wide.length; j++) {
        wide[j] = counts[j];
      }
      for (int q = 0; q < quantiles.length; q++) {
        quantiles[q][i] = LatencyBuckets.quantileNanos(wide, TrafficResult.QUANTILES.get(q));
      }
    }
    return TrafficResult.of(
        this, latencies, intervalsPerBin * intervalNanos, rates, errors, quantiles);
  }
}

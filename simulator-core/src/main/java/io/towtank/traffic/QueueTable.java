package io.towtank.traffic;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How long requests wait for a pod, by how loaded it is: a queue that is computed once and looked
 * up after that.
 *
 * <p>A pod serves its requests in the order in which they came, by a few workers. Of a steady load
 * ρ the waiting time W is taken to be
 *
 * <pre>{@code
 * P(W > x) = p e^{-ηx},  p = ρ^(√(2(c+1)) - 1),  η = c (1 - ρ) / (k s),  k = g (ca² + cs²) / 2
 * }</pre>
 *
 * with c workers that take s on average for a request, and the squared coefficients of variation of
 * the gaps between requests and of what requests take. Its mean is Sakasegawa's approximation for
 * several workers (H. Sakasegawa, "An approximation formula Lq = αρ^β/(1-ρ)", 1977) of the formula
 * of Allen and Cunneen; g is the correction of W. Krämer and M. Langenbach-Belz for arrivals that
 * are more even than chance (1976). For one worker and exponential requests all of it is exact.
 *
 * <p>Who would wait longer than the bound K is lost: a share of (1 - ρ) θ / (1 - ρ θ) with θ = P(W
 * > K) (F. Gouweleeuw and H. Tijms, "A simple heuristic for buffer design in finite-capacity
 * queues", 1996), which holds for loads beyond 1 as well. Those who are served wait as if W had
 * been cut off at K.
 *
 * <p>A load that changes: the mean wait V follows from the load that would have it in the steady
 * state (W.-P. Wang, D. Tipper and S. Banerjee, "A simple approximation for modeling nonstationary
 * queues", 1996): dV/dt = (ρ - r(V)) (1 - loss(r(V))). A step of it is taken implicitly, so that it
 * may be as long as it likes.
 *
 * <p>{@code QueueTableTest} says how far this is from queues in which every request is simulated.
 */
final class QueueTable {
  /**
   * What decides over a queue.
   *
   * @param arrivalVariation ca²: 1 where requests come by chance, 0 where they come evenly
   * @param workers c; not whole where pods share a queue in part
   * @param serviceNanos s: how long a worker takes for a request on average
   * @param cost how that varies; of its mean nothing is used
   * @param boundNanos K: nobody waits longer
   * @param overheadNanos what a request takes besides, waiting or not
   */
  record Shape(
      double arrivalVariation,
      double workers,
      double serviceNanos,
      RequestCost cost,
      double boundNanos,
      double overheadNanos) {}

  private static final double[] LOADS = loads();
  static final int LEVELS = LOADS.length;

  /** Where nothing varies, waits are short but not of no length at all: η stays finite. */
  private static final double LEAST_VARIABILITY = 1e-6;

  private final Shape shape;
  private final double[] waitNanos = new double[LEVELS];
  private final double[] accepted = new double[LEVELS];
  private final Map<Integer, double[]> latencies = new HashMap<>();

  QueueTable(Shape shape) {
    this.shape = shape;
    for (int level = 0; level < LEVELS; level++) {
      Tail tail = new Tail(LOADS[level]);
      waitNanos[level] = tail.mean() * shape.serviceNanos();
      accepted[level] = 1 - tail.loss();
    }
  }

  /** Fine around 1, where waits change most; 1 itself is left out, where formulas are 0/0. */
  private static double[] loads() {
    double[] loads = new double[200];
    int count = 0;
    for (int i = 0; i < 45; i++) {
      loads[count++] = i * 0.02;
    }
    for (int i = 0; i < 51; i++) {
      loads[count++] = 0.9 + i * 0.004 + (i == 25 ? 1e-4 : 0);
    }
    for (int i = 1; i <= 45; i++) {
      loads[count++] = 1.1 + i * 0.02;
    }
    for (double load = 2.2; load < 100; load *= 1.12) {
      loads[count++] = load;
    }
    return Arrays.copyOf(loads, count);
  }

  /** The distribution of waits at a load, in units of s. */
  private final class Tail {
    private final double load;
    private final double waiting;
    private final double rate;
    private final double bound;
    private final double atBound;

    Tail(double load) {
      this.load = load;
      double ca = shape.arrivalVariation();
      double cs = shape.cost().variation();
      double variability = (ca + cs) / 2;
      if (ca < 1 && load < 1 && load > 0 && ca + cs > 0) {
        variability *=
            StrictMath.exp(-2 * (1 - load) * (1 - ca) * (1 - ca) / (3 * load * (ca + cs)));
      }
      double workers = shape.workers();
      this.waiting = StrictMath.pow(load, StrictMath.sqrt(2 * (workers + 1)) - 1);
      this.rate = workers * Math.abs(1 - load) / Math.max(LEAST_VARIABILITY, variability);
      this.bound =
          shape.serviceNanos() > 0 ? Math.min(1e6, shape.boundNanos() / shape.serviceNanos()) : 1e6;
      // θ for a load below 1, and 1/θ beyond, where θ itself may be too large for a number.
      double decay = StrictMath.exp(-rate * bound);
      this.atBound = load < 1 ? waiting * decay : decay / waiting;
    }

    double loss() {
      return load < 1 ? (1 - load) * atBound / (1 - load * atBound) : (load - 1) / (load - atBound);
    }

    /** The share of those who are served that wait no longer. */
    double upTo(double wait) {
      if (wait < 0) {
        return 0;
      }
      if (wait >= bound) {
        return 1;
      }
      return load < 1
          ? (1 - waiting * StrictMath.exp(-rate * wait)) / (1 - atBound)
          : (StrictMath.exp(-rate * (bound - wait)) - atBound) / (1 - atBound);
    }

    double mean() {
      if (load == 0 || bound == 0) {
        return 0;
      }
      double decay = StrictMath.exp(-rate * bound);
      double area =
          load < 1 ? bound - waiting * (1 - decay) / rate : (1 - decay) / rate - atBound * bound;
      return Math.max(0, bound - area / (1 - atBound));
    }
  }

  /**
   * How loaded the queue is after a while, as a level: a place in this table, between two whole
   * ones.
   *
   * @param waitNanos the mean wait before
   * @param load what comes meanwhile, as a share of what the workers can do; 1 keeps them busy
   * @param nanos how long
   */
  double after(double waitNanos, double load, double nanos) {
    int low = 0;
    int high = LEVELS - 1;
    if (surplus(high, waitNanos, load, nanos) <= 0) {
      return high;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (surplus(middle, waitNanos, load, nanos) <= 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double below = surplus(low, waitNanos, load, nanos);
    if (below >= 0) {
      return low;
    }
    return low + below / (below - surplus(high, waitNanos, load, nanos));
  }

  /** By how much the wait at a level is more than what a step from before leads to. */
  private double surplus(int level, double before, double load, double nanos) {
    return waitNanos[level] - before - nanos * (load - LOADS[level]) * accepted[level];
  }

  /** The load that would have this level in the steady state. */
  double load(double level) {
    return between(LOADS, level);
  }

  /** How long requests wait on average, of those who are served. */
  double waitNanos(double level) {
    return between(waitNanos, level);
  }

  /** Which share of the requests is served. */
  double accepted(double level) {
    return between(accepted, level);
  }

  private static double between(double[] values, double level) {
    int below = (int) level;
    double part = level - below;
    return part == 0 ? values[below] : values[below] + part * (values[below + 1] - values[below]);
  }

  /** Which share of the requests served at a level is in each of the latency buckets. */
  double[] latencies(int level) {
    double[] known = latencies.get(level);
    if (known == null) {
      known = new double[LatencyBuckets.COUNT];
      Tail tail = new Tail(LOADS[level]);
      double before = 0;
      for (int i = 0; i < LatencyBuckets.COUNT; i++) {
        double upTo = i == LatencyBuckets.COUNT - 1 ? 1 : upTo(tail, LatencyBuckets.upperNanos(i));
        known[i] = Math.max(0, upTo - before);
        before = Math.max(before, upTo);
        if (before >= 1) {
          break;
        }
      }
      latencies.put(level, known);
    }
    return known;
  }

  /** The share of requests that are answered within a time: they wait and are worked on. */
  private double upTo(Tail tail, double nanos) {
    double rest = nanos - shape.overheadNanos();
    double service = shape.serviceNanos();
    if (rest < 0) {
      return 0;
    }
    if (service <= 0) {
      return 1;
    }
    ImmutableDoubleArray points = shape.cost().points();
    double sum = 0;
    for (int i = 0; i < points.length(); i++) {
      double left = rest / service - points.get(i);
      if (left < 0) {
        break;
      }
      sum += shape.cost().weights().get(i) * tail.upTo(left);
    }
    return Math.min(1, sum);
  }
}

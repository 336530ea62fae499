package io.towtank.traffic;

import com.google.common.primitives.ImmutableDoubleArray;
import io.towtank.latency.Distribution;
import java.util.Collections;

/**
 * How much CPU time requests take on a pod.
 *
 * @param meanNanos of all of them
 * @param variation the squared coefficient of variation: 0 where all are alike, 1 where they are
 *     exponential
 * @param points a few that stand for all, as multiples of the mean; ascending
 * @param weights for which share of all each of them stands
 */
public record RequestCost(
    double meanNanos, double variation, ImmutableDoubleArray points, ImmutableDoubleArray weights) {
  /** The long ones are few, and decide over the high quantiles: there are more points for them. */
  private static final ImmutableDoubleArray WEIGHTS =
      ImmutableDoubleArray.builder()
          .addAll(Collections.nCopies(30, 0.03))
          .addAll(Collections.nCopies(15, 0.006))
          .addAll(Collections.nCopies(10, 0.001))
          .build();

  /** All alike. */
  public static RequestCost constant(double nanos) {
    return new RequestCost(nanos, 0, ImmutableDoubleArray.of(1), ImmutableDoubleArray.of(1));
  }

  /** As a distribution has it. */
  public static RequestCost of(Distribution distribution) {
    return switch (distribution) {
      case Distribution.Constant(long nanos) -> constant((double) nanos);
      case Distribution.Uniform(long min, long max) -> {
        double mean = ((double) min + max) / 2;
        double deviation = ((double) max - min) / StrictMath.sqrt(12);
        yield spread(mean, deviation / mean, p -> (min + p * ((double) max - min)) / mean);
      }
      case Distribution.Exponential(long mean) ->
          spread((double) mean, 1, p -> -StrictMath.log(1 - p));
      case Distribution.Normal(long mean, long deviation) -> {
        double relative = (double) deviation / mean;
        yield spread((double) mean, relative, p -> Math.max(0, 1 + relative * normalQuantile(p)));
      }
      case Distribution.LogNormal(long median, double sigma) -> {
        double shape = StrictMath.exp(sigma * sigma / 2);
        yield spread(
            median * shape,
            StrictMath.sqrt(StrictMath.expm1(sigma * sigma)),
            p -> StrictMath.exp(sigma * normalQuantile(p)) / shape);
      }
    };
  }

  private interface Quantile {
    /** The value below which a share of all lie, as a multiple of the mean. */
    double at(double share);
  }

  private static RequestCost spread(double mean, double relativeDeviation, Quantile quantile) {
    if (!(mean > 0)) {
      return constant(0);
    }
    double[] points = new double[WEIGHTS.length()];
    double below = 0;
    double sum = 0;
    for (int i = 0; i < points.length; i++) {
      double weight = WEIGHTS.get(i);
      points[i] = quantile.at(below + weight / 2);
      below += weight;
      sum += weight * points[i];
    }
    for (int i = 0; i < points.length; i++) {
      points[i] /= sum;
    }
    return new RequestCost(
        mean, relativeDeviation * relativeDeviation, ImmutableDoubleArray.copyOf(points), WEIGHTS);
  }

  /** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23: to within 0.0005. */
  private static double normalQuantile(double share) {
    double tail = Math.min(share, 1 - share);
    double t = StrictMath.sqrt(-2 * StrictMath.log(tail));
    double z =
        t
            - (2.515517 + t * (0.802853 + t * 0.010328))
                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    return share < 0.5 ? -z : z;
  }
}

package io.towtank.scenarios.observe;

import java.util.Arrays;

/** Mean and highest share of each resource that is requested, over a run. */
public final class UtilizationHistory implements Settling.Observer {
  private final ClusterGauges gauges;
  // By the numbers that the gauges give to resources: this is asked at every moment of a run.
  private double[] sums = new double[0];
  private double[] peaks = new double[0];
  private double nanos;

  /** A history that begins now. */
  public UtilizationHistory(ClusterGauges gauges) {
    this.gauges = gauges;
  }

  @Override
  public void held(long sinceNanos, long untilNanos) {
    int count = gauges.resources();
    if (count > sums.length) {
      sums = Arrays.copyOf(sums, count);
      peaks = Arrays.copyOf(peaks, count);
    }
    double lasted = untilNanos - sinceNanos;
    nanos += lasted;
    for (int i = 0; i < count; i++) {
      double share = gauges.share(i);
      sums[i] += share * lasted;
      peaks[i] = Math.max(peaks[i], share);
    }
  }

  /** The mean share by virtual time, from 0 to 1. */
  public double mean(String resource) {
    int number = gauges.number(resource);
    return number >= sums.length || nanos == 0 ? 0 : sums[number] / nanos;
  }

  /** The highest share that lasted. */
  public double peak(String resource) {
    int number = gauges.number(resource);
    return number >= peaks.length ? 0 : peaks[number];
  }
}

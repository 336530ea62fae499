package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableLongArray;
import io.towtank.api.PodPhase;
import io.towtank.scenarios.observe.Settling;
import io.towtank.scenarios.report.TimeSeries.Line;
import io.towtank.scenarios.report.TimeSeries.Utilization;
import io.towtank.scheduler.state.Resources;
import io.towtank.time.SimClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * Samples how things go over virtual time, at even distances. When its room is full it forgets
 * every other sample and doubles the distance: however long a run is, it ends with between half as
 * many samples as there is room for, and all; no write costs more than a constant amount on
 * average.
 */
public final class SeriesRecorder implements Settling.Observer {
  private static final int DEFAULT_ROOM = 2048;
  private static final long FIRST_DISTANCE_NANOS = 1_000_000L;

  private final SimClock clock;
  private final ToLongFunction<PodPhase> pods;
  private final LongSupplier podsReady;
  private final NodeShares shares;
  private final int room;
  private final PodPhase[] phases = PodPhase.values();
  // Pods by phase, and those that are ready.
  private final long[][] counts;
  // Nodes that are ready, and that are not.
  private final long[][] nodes;
  // By number of the resource; those that come up later begin with zeros.
  private final List<Column> columns = new ArrayList<>();
  private long distanceNanos = FIRST_DISTANCE_NANOS;
  private int samples;

  private static final class Column {
    private final int resource;
    private final double[] mean;
    private final double[] deviation;

    Column(int resource, int room) {
      this.resource = resource;
      this.mean = new double[room];
      this.deviation = new double[room];
    }
  }

  /**
   * @param pods how many pods there are in a phase now
   * @param podsReady how many of them are ready
   * @param shares how full nodes are now
   */
  public SeriesRecorder(
      SimClock clock, ToLongFunction<PodPhase> pods, LongSupplier podsReady, NodeShares shares) {
    this(clock, pods, podsReady, shares, DEFAULT_ROOM);
  }

  /**
   * @param room how many samples are kept at most; even
   */
  SeriesRecorder(
      SimClock clock,
      ToLongFunction<PodPhase> pods,
      LongSupplier podsReady,
      NodeShares shares,
      int room) {
    this.clock = clock;
    this.pods = pods;
    this.podsReady = podsReady;
    this.shares = shares;
    this.room = room;
    this.counts = new long[phases.length + 1][room];
    this.nodes = new long[2][room];
  }

  @Override
  public void held(long sinceNanos, long untilNanos) {
    while ((untilNanos - 1) / distanceNanos >= room) {
      halve();
    }
    while (samples * distanceNanos < untilNanos) {
      sample(samples++);
    }
  }

  /** Keeps samples 0, 2, 4 …, which are those that are due at the new distance. */
  private void halve() {
    halve(counts);
    halve(nodes);
    for (Column column : columns) {
      for (int i = 1; 2 * i < samples; i++) {
        column.mean[i] = column.mean[2 * i];
        column.deviation[i] = column.deviation[2 * i];
      }
    }
    samples = (samples + 1) / 2;
    distanceNanos *= 2;
  }

  private void halve(long[][] columns) {
    for (long[] column : columns) {
      for (int i = 1; 2 * i < samples; i++) {
        column[i] = column[2 * i];
      }
    }
  }

  private void sample(int at) {
    nodes[0][at] = shares.nodesReady();
    nodes[1][at] = shares.nodesNotReady();
    for (int i = 0; i < phases.length; i++) {
      counts[i][at] = pods.applyAsLong(phases[i]);
    }
    counts[phases.length][at] = podsReady.getAsLong();
    while (columns.size() < shares.resources()) {
      columns.add(new Column(columns.size(), room));
    }
    for (Column column : columns) {
      column.mean[at] = shares.mean(column.resource);
      column.deviation[at] = shares.deviation(column.resource);
    }
  }

  /**
   * What was sampled, with what holds now as the last sample. Phases in which there never was a pod
   * are left out, and so are resources of which nothing was ever requested.
   */
  public TimeSeries series() {
    long now = clock.nanos();
    held(now, now + 1);
    if (samples == room) {
      halve();
    }
    // Where no sample is due just now, one more is taken beside the even ones.
    int length = (samples - 1) * distanceNanos == now ? samples : samples + 1;
    sample(length - 1);
    long[] nanos = new long[length];
    Arrays.setAll(nanos, i -> i == length - 1 ? now : i * distanceNanos);
    ImmutableList.Builder<String> podNames = ImmutableList.builder();
    for (PodPhase phase : phases) {
      podNames.add(phase.toString());
    }
    podNames.add("Ready");
    ImmutableList.Builder<Utilization> utilization = ImmutableList.builder();
    for (Column column : columns) {
      double[] mean = Arrays.copyOf(column.mean, length);
      if (column.resource <= Resources.MEMORY || Arrays.stream(mean).anyMatch(m -> m > 0)) {
        utilization.add(
            new Utilization(
                shares.resource(column.resource),
                ImmutableDoubleArray.copyOf(mean),
                ImmutableDoubleArray.copyOf(Arrays.copyOf(column.deviation, length))));
      }
    }
    return new TimeSeries(
        ImmutableLongArray.copyOf(nanos),
        lines(podNames.build(), counts, length),
        lines(ImmutableList.of("Ready", "Not ready"), nodes, length),
        utilization.build());
  }

  /** Those of which there ever was one. */
  private static ImmutableList<Line> lines(List<String> names, long[][] columns, int length) {
    ImmutableList.Builder<Line> lines = ImmutableList.builder();
    for (int i = 0; i < columns.length; i++) {
      double[] values = new double[length];
      boolean any = false;
      for (int at = 0; at < length; at++) {
        values[at] = columns[i][at];
        any |= values[at] > 0;
      }
      if (any) {
        lines.add(new Line(names.get(i), ImmutableDoubleArray.copyOf(values)));
      }
    }
    return lines.build();
  }
}

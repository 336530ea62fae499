package io.towtank.cli;

import io.towtank.api.Durations;
import io.towtank.api.PodPhase;
import io.towtank.scenarios.observe.ClusterGauges;
import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.SimulatedCluster;
import java.io.PrintWriter;
import java.util.Locale;

/** A line on a terminal that tells how a run goes, written anew some five times a second. */
final class ProgressLine implements RunObserver {
  private static final long EVERY_NANOS = 200_000_000L;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private final int width;
  private long shownNanos = System.nanoTime();
  private long shownEvents;
  private boolean visible;

  ProgressLine(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  @Override
  public void goesOn(SimulatedCluster cluster) {
    long now = System.nanoTime();
    long elapsed = now - shownNanos;
    if (elapsed < EVERY_NANOS) {
      return;
    }
    long events = cluster.simulation().events();
    String line = line(cluster, (events - shownEvents) * 1e9 / elapsed);
    shownNanos = now;
    shownEvents = events;
    out.print(CLEAR + line.substring(0, Math.min(line.length(), width - 1)));
    out.flush();
    visible = true;
  }

  private static String line(SimulatedCluster cluster, double eventsPerSecond) {
    ClusterGauges gauges = cluster.gauges();
    long failed = gauges.pods(PodPhase.FAILED);
    return String.format(
        Locale.ROOT,
        "%s  %,d nodes ready  pods: %,d pending, %,d running, %,d succeeded%s  %,d events/s",
        Durations.format(cluster.simulation().nanos() / 1_000_000_000L * 1_000_000_000L),
        gauges.nodesReady(),
        gauges.pods(PodPhase.PENDING),
        gauges.pods(PodPhase.RUNNING),
        gauges.pods(PodPhase.SUCCEEDED),
        failed == 0 ? "" : String.format(Locale.ROOT, ", %,d failed", failed),
        Math.round(eventsPerSecond));
  }

  @Override
  public void ended(SimulatedCluster cluster, RunSummary summary) {
    if (visible) {
      out.print(CLEAR);
      out.flush();
    }
  }
}

package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.scenarios.observe.StartupTimes;
import io.towtank.scenarios.output.WholeFile;
import io.towtank.scenarios.report.ReportData.Counter;
import io.towtank.scenarios.report.ReportData.Happening;
import io.towtank.scenarios.report.ReportData.Outcome;
import io.towtank.scenarios.report.ReportData.Reason;
import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.SimulatedCluster;
import io.towtank.scenarios.run.TimelineOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes the report of the run that it is shown. */
public final class ReportObserver implements RunObserver, AutoCloseable {
  private final WholeFile file;
  private final NodeShares shares = new NodeShares();
  private @Nullable SeriesRecorder series;

  private ReportObserver(WholeFile file) {
    this.file = file;
  }

  /**
   * Begins a report, so that what is wrong with its place comes out before the run.
   *
   * @throws io.towtank.scenarios.input.InvalidInputException where nothing can be written there
   */
  public static ReportObserver begin(Path file) {
    return new ReportObserver(WholeFile.begin(file));
  }

  @Override
  public void begins(SimulatedCluster cluster) {
    SeriesRecorder recorder =
        new SeriesRecorder(
            cluster.simulation(), cluster.gauges()::pods, cluster.gauges()::podsReady, shares);
    cluster.settling().add(recorder);
    cluster.store().addCommitListener(shares);
    series = recorder;
  }

  @Override
  public void ended(SimulatedCluster cluster, RunSummary summary) {
    if (series == null) {
      throw new IllegalStateException("the run ended before it began");
    }
    try {
      Report.write(data(cluster, summary, series.series()), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts the report in its place; drops it where the run did not end. */
  @Override
  public void close() {
    file.close();
  }

  private ReportData data(SimulatedCluster cluster, RunSummary summary, TimeSeries taken) {
    StartupTimes startup = cluster.startup();
    return new ReportData(
        summary.scenario(),
        cluster.scenario().description(),
        cluster.digest().toString(),
        summary.seed(),
        cluster.scenario().startEpochNanos(),
        summary.virtualNanos(),
        summary.wallNanos(),
        summary.events(),
        pods(summary.pods()),
        taken,
        ImmutableList.of(
            LatencyDistribution.of("created to scheduled", startup.scheduledNanos()),
            LatencyDistribution.of("created to started", startup.startedNanos()),
            LatencyDistribution.of("created to ready", startup.readyNanos())),
        shares.nodes(),
        summary.timeline().stream()
            .map(ReportObserver::happening)
            .collect(ImmutableList.toImmutableList()),
        summary.rollouts(),
        summary.restarts(),
        summary.disruptions(),
        counters(summary),
        summary.unschedulableReasons().stream()
            .map(tally -> new Reason(tally.what(), tally.count()))
            .collect(ImmutableList.toImmutableList()),
        summary.expectations().stream()
            .map(outcome ->
                new Outcome(outcome.expectation().text(), outcome.passed(), outcome.actual()))
            .collect(ImmutableList.toImmutableList()));
  }

  private static ImmutableMap<String, Long> pods(RunSummary.Pods pods) {
    ImmutableMap.Builder<String, Long> counts = ImmutableMap.builder();
    counts.put("created", pods.created());
    counts.put("running", pods.running());
    counts.put("pending", pods.pending());
    if (pods.succeeded() > 0) {
      counts.put("succeeded", pods.succeeded());
    }
    if (pods.failed() > 0) {
      counts.put("failed", pods.failed());
    }
    counts.put("deleted", pods.deleted());
    return counts.buildOrThrow();
  }

  private static Happening happening(TimelineOutcome outcome) {
    return new Happening(outcome.atNanos(), outcome.text());
  }

  private static ImmutableList<Counter> counters(RunSummary summary) {
    ImmutableList.Builder<Counter> counters = ImmutableList.builder();
    RunSummary.Scheduling scheduling = summary.scheduling();
    counters.add(new Counter("kube-scheduler", "attempts", scheduling.attempts()));
    counters.add(new Counter("kube-scheduler", "scheduled", scheduling.scheduled()));
    counters.add(new Counter("kube-scheduler", "unschedulable", scheduling.unschedulable()));
    summary
        .counters()
        .forEach((component, counts) ->
            counts.forEach((name, value) -> counters.add(new Counter(component, name, value))));
    return counters.build();
  }
}

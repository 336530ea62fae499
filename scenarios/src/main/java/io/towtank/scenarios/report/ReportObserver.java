package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.scenarios.explain.PodExplainer;
import io.towtank.scenarios.explain.PodExplanation;
import io.towtank.scenarios.explain.WaitingPods;
import io.towtank.scenarios.input.InvalidInputException;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the report of the run that it is shown.
 *
 * <p>Pods that have no node at the end are explained, one for each template; that costs the run
 * itself nothing. Other pods are where they were asked for, since reasons are gathered when a
 * decision is made.
 */
public final class ReportObserver implements RunObserver, AutoCloseable {
  private static final int MOST_TEMPLATES = 10;

  private final WholeFile file;
  private final ImmutableList<PodExplainer> explainers;
  private final NodeShares shares = new NodeShares();
  private @Nullable SeriesRecorder series;

  private ReportObserver(WholeFile file, ImmutableList<PodExplainer> explainers) {
    this.file = file;
    this.explainers = explainers;
  }

  /**
   * Begins a report, so that what is wrong with its place comes out before the run.
   *
   * @param explained pods to explain, by name or namespace/name
   * @throws io.towtank.scenarios.input.InvalidInputException where nothing can be written there
   */
  public static ReportObserver begin(Path file, List<String> explained) {
    return new ReportObserver(
        WholeFile.begin(file),
        explained.stream().map(PodExplainer::new).collect(ImmutableList.toImmutableList()));
  }

  @Override
  public void begins(SimulatedCluster cluster) {
    SeriesRecorder recorder =
        new SeriesRecorder(
            cluster.simulation(), cluster.gauges()::pods, cluster.gauges()::podsReady, shares);
    cluster.settling().add(recorder);
    cluster.store().addCommitListener(shares);
    series = recorder;
    explainers.forEach(explainer -> explainer.begins(cluster));
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
        summary.warnings(),
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
        summary.faults(),
        summary.rollouts(),
        summary.restarts(),
        summary.disruptions(),
        counters(summary),
        summary.arrivals(),
        summary.scheduling().sampling(),
        summary.unschedulableReasons().stream()
            .map(tally -> new Reason(tally.what(), tally.count()))
            .collect(ImmutableList.toImmutableList()),
        summary.expectations().stream()
            .map(outcome ->
                new Outcome(outcome.expectation().text(), outcome.passed(), outcome.actual()))
            .collect(ImmutableList.toImmutableList()),
        summary.traffic(),
        new ReportData.Scaling(
            summary.autoscalers(), summary.nodeGroups(), summary.recommendations()),
        explanations(cluster, summary));
  }

  private ReportData.Explanations explanations(SimulatedCluster cluster, RunSummary summary) {
    ImmutableList.Builder<PodExplanation> chosen = ImmutableList.builder();
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    for (PodExplainer explainer : explainers) {
      explainer.ended(cluster, summary);
      try {
        chosen.add(explainer.explanation());
      } catch (InvalidInputException e) {
        // A mistyped name is no reason to lose the report of a run.
        notes.add(explainer.pod() + " is not explained: " + e.getMessage());
      }
    }
    ImmutableList<PodExplanation> explained = chosen.build();
    return new ReportData.Explanations(
        explained,
        WaitingPods.of(
            cluster,
            explained.stream().map(PodExplanation::pod).collect(ImmutableSet.toImmutableSet()),
            MOST_TEMPLATES),
        notes.build());
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

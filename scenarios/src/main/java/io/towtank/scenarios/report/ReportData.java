package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.controllers.verticalpodautoscaler.Recommended;
import io.towtank.scenarios.explain.PodExplanation;
import io.towtank.scenarios.explain.WaitingPods;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.HorizontalScaling;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scenarios.run.FaultSpan;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scheduler.SamplingComparison;
import io.towtank.traffic.TrafficResult;

/**
 * What a report shows. All of it may be empty but the title: what is empty is left out.
 *
 * @param title what was simulated, as people call it
 * @param description in a sentence or two, may be empty
 * @param digest of all that happened, as in the summary
 * @param seed from which all randomness came
 * @param startEpochNanos the date at which virtual time started, nanoseconds since 1970
 * @param virtualNanos how long the run was in virtual time
 * @param wallNanos how long it took
 * @param events how many events ran
 * @param notes what the reader should know besides, such as how decisions differ from
 *     kube-scheduler's
 * @param pods counts for the head of the report, in order, by what they count: {@code created},
 *     {@code running} …
 * @param series how things went over virtual time
 * @param startup how long pods took
 * @param nodes how full nodes are at the end
 * @param timeline what was done to the cluster
 * @param faults what went wrong because the timeline had it go wrong, bands in every plot over time
 * @param rollouts what was rolled out, in the order of the beginnings
 * @param restarts of containers, by why they had ended
 * @param disruptions pods that something else than their owner ended, by reason
 * @param counters what components did
 * @param arrivals what became of the pods that came by themselves; NONE where none did
 * @param sampling how samples of nodes compared with all nodes, by profile
 * @param unschedulable why pods could not be placed, in the scheduler's words
 * @param expectations what the scenario expected, and whether it came true
 * @param traffic what became of the requests to each service
 * @param scaling what autoscalers did
 * @param explanations why pods are where they are, or nowhere
 */
@RecordBuilder
public record ReportData(
    String title,
    String description,
    String digest,
    long seed,
    long startEpochNanos,
    long virtualNanos,
    long wallNanos,
    long events,
    ImmutableList<String> notes,
    ImmutableMap<String, Long> pods,
    TimeSeries series,
    ImmutableList<LatencyDistribution> startup,
    ImmutableList<NodeCell> nodes,
    ImmutableList<Happening> timeline,
    ImmutableList<FaultSpan> faults,
    ImmutableList<Rollout> rollouts,
    ImmutableList<Tally> restarts,
    ImmutableList<Tally> disruptions,
    ImmutableList<Counter> counters,
    ArrivalsOutcome arrivals,
    ImmutableList<SamplingComparison> sampling,
    ImmutableList<Reason> unschedulable,
    ImmutableList<Outcome> expectations,
    ImmutableList<TrafficResult> traffic,
    Scaling scaling,
    Explanations explanations) {

  /**
   * A node at the end.
   *
   * @param zone its topology.kubernetes.io/zone; empty for none
   * @param cpu what its pods request of its CPU, from 0 to 1
   * @param memory what its pods request of its memory, from 0 to 1
   * @param pods how many pods are bound to it and have not ended
   * @param ready whether its condition Ready is True
   */
  public record NodeCell(
      String name, String zone, double cpu, double memory, long pods, boolean ready) {}

  /**
   * Something that was done, marked on every plot over time.
   *
   * @param nanos when, virtual nanoseconds since the start
   * @param what as in {@code fail 1,667 nodes of zone-1}
   */
  public record Happening(long nanos, String what) {}

  /**
   * A component's counter.
   *
   * @param component as in {@code replicaset-controller}
   * @param name as in {@code podsCreated}
   */
  public record Counter(String component, String name, long value) {}

  /**
   * Why pods could not be placed.
   *
   * @param count how often that was the reason
   */
  public record Reason(String text, long count) {}

  /**
   * An expectation.
   *
   * @param met whether it came true
   * @param actual what was found instead, or what it was; may be empty
   */
  public record Outcome(String expectation, boolean met, String actual) {}

  /**
   * What autoscalers did.
   *
   * @param autoscalers of workloads
   * @param nodeGroups what the cluster autoscaler did with pools of nodes
   * @param recommendations what vertical autoscalers recommend at the end
   */
  public record Scaling(
      ImmutableList<HorizontalScaling.Autoscaler> autoscalers,
      RunSummary.NodeGroups nodeGroups,
      ImmutableList<Recommended> recommendations) {
    /** There were none. */
    public static final Scaling NONE =
        new Scaling(
            ImmutableList.of(),
            new RunSummary.NodeGroups(ImmutableList.of(), ImmutableList.of(), ImmutableList.of()),
            ImmutableList.of());
  }

  /**
   * Pods whose scheduling is told node by node.
   *
   * @param chosen those that were asked about
   * @param waiting those without a node at the end, by template
   * @param notes what could not be told
   */
  public record Explanations(
      ImmutableList<PodExplanation> chosen, WaitingPods waiting, ImmutableList<String> notes) {
    /** Nothing to explain. */
    public static final Explanations NONE =
        new Explanations(
            ImmutableList.of(), new WaitingPods(ImmutableList.of(), 0, 0), ImmutableList.of());
  }
}

package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.autoscaler.CloudProvider;
import io.towtank.autoscaler.ScalingDecision;
import io.towtank.controllers.verticalpodautoscaler.Recommended;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.ExpectationWatch;
import io.towtank.scenarios.observe.HorizontalScaling;
import io.towtank.scenarios.observe.Quantiles;
import io.towtank.scenarios.observe.ResourceUse;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scheduler.SamplingComparison;
import io.towtank.scheduler.extender.ExtenderUse;
import io.towtank.traffic.TrafficResult;

/**
 * What came of a run. All but the wall time depends on the scenario and its seed alone.
 *
 * @param digest hash of all that was written, in 16 hexadecimal digits
 * @param virtualNanos how long the run was in virtual time
 * @param wallNanos how long it took
 * @param events how many events ran
 * @param writes how many writes were committed
 * @param rollouts of Deployments, StatefulSets and DaemonSets, in the order of their beginnings
 * @param rolloutDurations how long the complete ones took
 * @param restarts of containers, by why they had ended, most frequent first
 * @param disruptions pods that something else than their owner ended, by reason, most frequent
 *     first
 * @param utilization by resource, in the order of the names but cpu and memory first
 * @param nodeGroups what came of the pools that a cloud makes larger and smaller; none where none
 *     is
 * @param recommendations what vertical autoscalers recommend at the end
 * @param autoscalers what each horizontal pod autoscaler did
 * @param podsPerNode how many pods a node has at the end, over all nodes
 * @param arrivals what became of the pods that came by themselves; NONE where none did
 * @param unschedulableReasons why pods did not fit, in the scheduler's words, most frequent first
 * @param waiting why pods wait at the end, most frequent first
 * @param counters what components counted, by component and counter
 * @param traffic what became of the requests to each service
 * @param timeline what the timeline did
 * @param faults what it had go wrong, from when to when
 * @param warnings what the user should know besides
 */
@RecordBuilder
public record RunSummary(
    String scenario,
    long seed,
    String digest,
    Ending ending,
    long virtualNanos,
    long wallNanos,
    long events,
    long writes,
    Nodes nodes,
    Pods pods,
    Deployments deployments,
    ImmutableList<Rollout> rollouts,
    Quantiles rolloutDurations,
    ImmutableList<Tally> restarts,
    ImmutableList<Tally> disruptions,
    Quantiles toScheduled,
    Quantiles toStarted,
    Quantiles toReady,
    Scheduling scheduling,
    ArrivalsOutcome arrivals,
    ImmutableList<Tally> unschedulableReasons,
    ImmutableList<Tally> waiting,
    ImmutableList<ResourceUse> utilization,
    NodeGroups nodeGroups,
    ImmutableList<Recommended> recommendations,
    ImmutableList<HorizontalScaling.Autoscaler> autoscalers,
    Quantiles podsPerNode,
    ImmutableMap<String, ImmutableMap<String, Long>> counters,
    ImmutableList<TrafficResult> traffic,
    ImmutableList<TimelineOutcome> timeline,
    ImmutableList<FaultSpan> faults,
    ImmutableList<ExpectationWatch.Outcome> expectations,
    ImmutableList<String> warnings) {

  /** Why a run ended. */
  public enum Ending {
    IDLE("idle"),
    TIME("time"),
    CONDITION("condition"),
    LIMIT("limit"),
    INTERRUPTED("interrupted");

    private final String text;

    Ending(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Nodes at the end; {@code empty} have no pod. */
  public record Nodes(long total, long ready, long cordoned, long empty) {}

  /**
   * The node groups of the cluster autoscaler.
   *
   * @param sizes over time
   * @param decisions in their order, with the numbers that they were made from
   */
  public record NodeGroups(
      ImmutableList<CloudProvider.Use> groups,
      ImmutableList<CloudProvider.Size> sizes,
      ImmutableList<ScalingDecision> decisions) {
    /** How many nodes were added. */
    public int added() {
      return groups.stream().mapToInt(CloudProvider.Use::added).sum();
    }

    /** How many nodes were removed. */
    public int removed() {
      return groups.stream().mapToInt(CloudProvider.Use::removed).sum();
    }

    /** How long nodes were paid for, in hours. */
    public double nodeHours() {
      return groups.stream().mapToDouble(CloudProvider.Use::nodeHours).sum();
    }

    /** What that cost. */
    public double cost() {
      return groups.stream().mapToDouble(CloudProvider.Use::cost).sum();
    }
  }

  /** Pods: created and deleted in the whole run, the others by their phase at the end. */
  public record Pods(
      long created,
      long pending,
      long running,
      long ready,
      long succeeded,
      long failed,
      long deleted) {}

  /** Deployments at the end. */
  public record Deployments(long total, long available, long complete) {}

  /**
   * Scheduling attempts by outcome, as kube-scheduler counts them.
   *
   * @param extenders how each extender did, in the configuration's order
   * @param sampling how samples of nodes compared with all nodes, by profile; empty where that was
   *     not asked for
   */
  public record Scheduling(
      long attempts,
      long scheduled,
      long unschedulable,
      ImmutableList<ExtenderUse> extenders,
      ImmutableList<SamplingComparison> sampling) {}

  /** Whether all that was expected came true and all of the timeline could be done. */
  public boolean passed() {
    return expectations.stream().allMatch(ExpectationWatch.Outcome::passed)
        && timeline.stream().allMatch(outcome -> outcome.problem().isEmpty());
  }

  /** How many roll-outs had an outcome. */
  public long rollouts(Rollout.Outcome outcome) {
    return rollouts.stream().filter(rollout -> rollout.outcome() == outcome).count();
  }

  /** Seconds of virtual time for each of wall time. */
  public double speedup() {
    return wallNanos == 0 ? 0 : (double) virtualNanos / wallNanos;
  }

  /** Events for each second of wall time. */
  public double eventsPerSecond() {
    return wallNanos == 0 ? 0 : events * 1e9 / wallNanos;
  }
}

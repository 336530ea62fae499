package io.towtank.scenarios.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Durations;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.controllers.verticalpodautoscaler.Recommended;
import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.observe.ClusterGauges;
import io.towtank.scenarios.observe.ExpectationWatch;
import io.towtank.scenarios.observe.LiveMetrics;
import io.towtank.scenarios.observe.NodeUse;
import io.towtank.scenarios.observe.Quantiles;
import io.towtank.scenarios.observe.ResourceUse;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scenarios.observe.UtilizationHistory;
import io.towtank.scenarios.run.RunSummary.Ending;
import io.towtank.scheduler.extender.ExtenderUse;
import io.towtank.store.Selection;
import io.towtank.traffic.route.NotSimulated;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Makes the summary of a run that is over. */
final class Summarizing {
  private static final String SCHEDULER = "scheduler/";
  private static final String REASONS = "scheduler/reasons/";
  private static final String EVENTS = "events/";

  private final Scenario scenario;
  private final SimulatedCluster cluster;
  private final ClusterGauges gauges;
  private final UtilizationHistory utilization;
  private final ExpectationWatch watch;

  Summarizing(
      Scenario scenario,
      SimulatedCluster cluster,
      UtilizationHistory utilization,
      ExpectationWatch watch) {
    this.scenario = scenario;
    this.cluster = cluster;
    this.gauges = cluster.gauges();
    this.utilization = utilization;
    this.watch = watch;
  }

  RunSummary summarize(Ending ending, long wallNanos) {
    NodeUse nodes = NodeUse.of(cluster.store());
    ImmutableList<Rollout> rollouts = cluster.rollouts().list();
    RunSummary summary =
        RunSummaryBuilder.builder()
            .scenario(scenario.name())
            .seed(scenario.seed())
            .digest(cluster.digest().toString())
            .ending(ending)
            .virtualNanos(cluster.simulation().nanos())
            .wallNanos(wallNanos)
            .events(cluster.simulation().events())
            .writes(gauges.writes())
            .nodes(
                new RunSummary.Nodes(
                    gauges.nodes(),
                    gauges.nodesReady(),
                    gauges.nodesCordoned(),
                    gauges.nodesEmpty()))
            .pods(
                new RunSummary.Pods(
                    gauges.podsCreated(),
                    gauges.pods(PodPhase.PENDING),
                    gauges.pods(PodPhase.RUNNING),
                    gauges.podsReady(),
                    gauges.pods(PodPhase.SUCCEEDED),
                    gauges.pods(PodPhase.FAILED),
                    gauges.podsDeleted()))
            .deployments(
                new RunSummary.Deployments(
                    gauges.deployments(),
                    gauges.deploymentsAvailable(),
                    gauges.deploymentsComplete()))
            .rollouts(rollouts)
            .rolloutDurations(durations(rollouts))
            .restarts(cluster.incidents().restarts())
            .disruptions(cluster.incidents().disruptions())
            .toScheduled(cluster.startup().toScheduled())
            .toStarted(cluster.startup().toStarted())
            .toReady(cluster.startup().toReady())
            .scheduling(
                new RunSummary.Scheduling(
                    counter("attempts"),
                    counter("scheduled"),
                    counter("unschedulable"),
                    cluster.extenders(),
                    cluster.samplingComparisons()))
            .arrivals(cluster.arrivalsOutcome())
            .unschedulableReasons(reasons())
            .waiting(waiting())
            .utilization(utilization(nodes))
            .nodeGroups(
                new RunSummary.NodeGroups(
                    cluster.cloud().use(), cluster.cloud().sizes(), cluster.scalingDecisions()))
            .recommendations(Recommended.in(cluster.store()))
            .autoscalers(cluster.horizontalScaling().autoscalers())
            .podsPerNode(nodes.podsPerNode())
            .counters(counters())
            .traffic(cluster.traffic().results())
            .timeline(cluster.timeline())
            .faults(cluster.faults())
            .expectations(ImmutableList.of())
            .warnings(warnings(ending))
            .build();
    ObjectNode json = SummaryJson.of(summary);
    ImmutableList<ExpectationWatch.Outcome> outcomes =
        watch.judge(summary.virtualNanos(), name -> SummaryJson.find(json, name));
    return RunSummaryBuilder.builder(summary).expectations(outcomes).build();
  }

  private long counter(String name) {
    return cluster.recorder().counter(SCHEDULER + name)[0];
  }

  private ImmutableList<Tally> reasons() {
    Map<String, Long> reasons = new TreeMap<>();
    cluster
        .recorder()
        .counters()
        .forEach((name, count) -> {
          if (name.startsWith(REASONS)) {
            reasons.put(name.substring(REASONS.length()), count);
          }
        });
    return Tally.mostFrequentFirst(reasons);
  }

  private ImmutableList<Tally> waiting() {
    if (gauges.pods(PodPhase.PENDING) == 0) {
      return ImmutableList.of();
    }
    Map<String, Long> messages = new TreeMap<>();
    for (Pod pod : cluster.store().list(Kinds.POD)) {
      if (pod.status().phase() == PodPhase.PENDING) {
        messages.merge(whyWaiting(pod), 1L, Long::sum);
      }
    }
    return Tally.mostFrequentFirst(messages);
  }

  private static String whyWaiting(Pod pod) {
    if (pod.nodeName() != null) {
      return "has a node and is being started";
    }
    PodCondition scheduled = pod.status().condition("PodScheduled");
    String message =
        scheduled != null && scheduled.status() == ConditionStatus.FALSE
            ? scheduled.message()
            : null;
    return message == null ? "waits for the scheduler" : message;
  }

  private static Quantiles durations(ImmutableList<Rollout> rollouts) {
    Histogram nanos = new Histogram(3);
    for (Rollout rollout : rollouts) {
      if (rollout.outcome() == Rollout.Outcome.COMPLETE) {
        nanos.recordValue(rollout.nanos());
      }
    }
    return Quantiles.of(nanos);
  }

  private ImmutableList<ResourceUse> utilization(NodeUse nodes) {
    List<String> resources = new ArrayList<>(gauges.offered());
    resources.removeIf(resource -> gauges.allocatable(resource) == 0);
    resources.sort(
        Comparator.<String>comparingInt(
                name -> name.equals("cpu") ? 0 : name.equals("memory") ? 1 : 2)
            .thenComparing(Comparator.naturalOrder()));
    ImmutableList.Builder<ResourceUse> uses = ImmutableList.builder();
    for (String resource : resources) {
      double unit = LiveMetrics.unit(resource);
      uses.add(
          new ResourceUse(
              resource,
              gauges.requested(resource) * unit,
              gauges.allocatable(resource) * unit,
              utilization.mean(resource),
              utilization.peak(resource),
              nodes.spread(resource)));
    }
    return uses.build();
  }

  private ImmutableMap<String, ImmutableMap<String, Long>> counters() {
    Map<String, ImmutableMap.Builder<String, Long>> components = new TreeMap<>();
    cluster
        .recorder()
        .counters()
        .forEach((name, count) -> {
          int slash = name.indexOf('/');
          if (slash > 0 && !name.startsWith(SCHEDULER) && !name.startsWith(EVENTS)) {
            components
                .computeIfAbsent(name.substring(0, slash), c -> ImmutableMap.builder())
                .put(name.substring(slash + 1), count);
          }
        });
    ImmutableMap.Builder<String, ImmutableMap<String, Long>> counters = ImmutableMap.builder();
    components.forEach((component, counts) -> counters.put(component, counts.buildOrThrow()));
    return counters.buildOrThrow();
  }

  private ImmutableList<String> warnings(Ending ending) {
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    if (scenario.end().until() instanceof End.Until.Holds(String text, var condition)
        && ending != Ending.CONDITION
        && ending != Ending.INTERRUPTED) {
      warnings.add("the run ended before this came true: " + text);
    }
    if (ending == Ending.LIMIT && scenario.end().until() instanceof End.Until.Idle) {
      warnings.add(
          "the run never came to rest, and ended at its limit of "
              + Durations.format(scenario.end().limitNanos())
              + "; --until, or end in a scenario, says when it is to end");
    }
    ArrivingPods arrivals = cluster.arrivals();
    if (arrivals.refused() > 0) {
      warnings.add(
          arrivals.refused()
              + " arriving pods were refused; the first: "
              + arrivals.firstRefusal());
    }
    String unchanging = unchangedByAutoscalers();
    if (!unchanging.isEmpty()) {
      warnings.add(unchanging);
    }
    String refused = refusedPods();
    if (!refused.isEmpty()) {
      warnings.add(refused);
    }
    if (!scenario.traffic().isEmpty()) {
      warnings.addAll(NotSimulated.in(cluster.store()));
    }
    if (counter("attempts") > 0 && cluster.samplingComparisons().isEmpty()) {
      warnings.addAll(cluster.scheduler().sampling());
    }
    for (ExtenderUse extender : cluster.extenders()) {
      if (extender.failures() > 0) {
        warnings.add(
            "extender "
                + extender.name()
                + " failed "
                + extender.failures()
                + " of the "
                + extender.calls()
                + (extender.calls() == 1 ? " time" : " times")
                + " it was asked; first: "
                + extender.firstFailure());
      }
    }
    return warnings.build();
  }

  /** Vertical autoscalers that, in a cluster with an updater, would change their pods. */
  private String unchangedByAutoscalers() {
    List<String> names = new ArrayList<>();
    for (GenericObject autoscaler : cluster.store().list(Kinds.VERTICAL_POD_AUTOSCALER)) {
      JsonNode spec = autoscaler.content().get("spec");
      JsonNode mode = spec == null ? null : spec.at("/updatePolicy/updateMode");
      if (mode == null || !mode.asText().equals("Off")) {
        names.add(SummaryJson.name(ObjectKey.of(autoscaler).toString()));
      }
    }
    return names.isEmpty()
        ? ""
        : "vertical autoscalers recommend and change no pod, as with updateMode \"Off\": "
            + String.join(", ", names);
  }

  /** Which ReplicaSets the API refuses pods at the end, in words; empty for none. */
  private String refusedPods() {
    List<String> messages = new ArrayList<>();
    cluster
        .store()
        .forEach(
            Kinds.REPLICA_SET,
            Selection.ALL,
            set -> {
              Condition failure = Condition.find(set.status().conditions(), "ReplicaFailure");
              if (failure != null && failure.status() == ConditionStatus.TRUE) {
                messages.add(set.name() + ": " + failure.message());
              }
            });
    return messages.isEmpty()
        ? ""
        : (messages.size() == 1 ? "a replica set is" : messages.size() + " replica sets are")
            + " refused pods; "
            + messages.stream().min(Comparator.naturalOrder()).orElseThrow();
  }
}

package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodCondition;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Timestamps;
import io.towtank.controllers.podautoscaler.MetricException;
import io.towtank.controllers.podautoscaler.PodAutoscalerOptions;
import io.towtank.controllers.podautoscaler.Proposal;
import io.towtank.controllers.podautoscaler.ReplicaCalculator;
import io.towtank.controllers.podautoscaler.Tolerances;
import io.towtank.metrics.MetricsApi.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The replicas that the use of a CPU by pods calls for. */
final class ReplicaCalculationSuite {
  private static final long SECOND = 1_000_000_000L;

  /** Some time; all others are counted from it. */
  private static final long NOW = 1_760_000_000L * SECOND;

  private ReplicaCalculationSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of(
            "pods",
            "currentReplicas",
            "targetUtilization",
            "targetAverageMilli",
            "toleranceUp",
            "toleranceDown",
            "cpuInitializationSeconds",
            "initialReadinessSeconds"),
        document ->
            document.path("currentReplicas").asText()
                + " replicas, target "
                + (document.has("targetUtilization")
                    ? document.path("targetUtilization").asText() + "%"
                    : document.path("targetAverageMilli").asText() + "m"),
        ReplicaCalculationSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    Map<String, Sample> samples = new HashMap<>();
    List<Pod> pods = new ArrayList<>();
    for (JsonNode pod : document.path("pods")) {
      pods.add(pod(pod));
      if (pod.has("usageMilli")) {
        samples.put(
            pod.path("name").asText(),
            new Sample(
                pod.path("usageMilli").asLong(),
                ago(pod, "metricSecondsAgo"),
                pod.path("metricWindowSeconds").asLong() * SECOND));
      }
    }
    ReplicaCalculator calculator =
        new ReplicaCalculator(
            new PodAutoscalerOptions(
                0,
                0,
                0,
                document.path("cpuInitializationSeconds").asLong() * SECOND,
                document.path("initialReadinessSeconds").asLong() * SECOND,
                true));
    Tolerances tolerances =
        new Tolerances(
            document.path("toleranceDown").asDouble(), document.path("toleranceUp").asDouble());
    int current = document.path("currentReplicas").asInt();
    ObjectNode outcome = ControllerCases.object();
    try {
      if (document.has("targetUtilization")) {
        Proposal proposal =
            calculator.utilization(
                current,
                document.path("targetUtilization").asInt(),
                "cpu",
                null,
                tolerances,
                pods,
                pod -> samples.get(pod.name()),
                NOW);
        outcome.put("utilization", proposal.utilization());
        return put(outcome, proposal);
      }
      return put(
          outcome,
          calculator.average(
              current,
              document.path("targetAverageMilli").asLong(),
              "cpu",
              tolerances,
              pods,
              pod -> samples.get(pod.name()),
              NOW));
    } catch (MetricException e) {
      return outcome.put("error", e.getMessage());
    }
  }

  private static ObjectNode put(ObjectNode outcome, Proposal proposal) {
    return outcome.put("replicas", proposal.replicas()).put("averageMilli", proposal.milli());
  }

  private static long ago(JsonNode pod, String field) {
    return NOW - Math.round(pod.path(field).asDouble() * SECOND);
  }

  private static Pod pod(JsonNode pod) {
    ResourceRequirements resources =
        pod.has("requestMilli")
            ? new ResourceRequirements(
                ImmutableMap.of(),
                ImmutableMap.of("cpu", Quantity.ofMillis(pod.path("requestMilli").asLong())),
                Fields.NONE)
            : null;
    ImmutableList<PodCondition> conditions =
        pod.path("ready").asText().isEmpty()
            ? ImmutableList.of()
            : ImmutableList.of(
                PodConditionBuilder.builder()
                    .type("Ready")
                    .status(
                        ConditionStatus.valueOf(
                            pod.path("ready").asText().toUpperCase(Locale.ROOT)))
                    .lastProbeTime(Timestamps.NONE)
                    .lastTransitionTime(ago(pod, "readyChangedSecondsAgo"))
                    .build());
    return PodBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder()
                .name(pod.path("name").asText())
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(pod.path("deleting").asBoolean() ? NOW : Timestamps.NONE)
                .build())
        .spec(
            PodSpecBuilder.builder()
                .containers(
                    ImmutableList.of(
                        ContainerBuilder.builder().name("app").resources(resources).build()))
                .build())
        .status(
            PodStatusBuilder.builder()
                .phase(PodPhase.valueOf(pod.path("phase").asText().toUpperCase(Locale.ROOT)))
                .startTime(
                    pod.has("startedSecondsAgo") ? ago(pod, "startedSecondsAgo") : Timestamps.NONE)
                .conditions(conditions)
                .build())
        .build();
  }
}

package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.Kinds;
import io.towtank.controllers.podautoscaler.Normalization;
import io.towtank.controllers.podautoscaler.PodAutoscalerOptions;
import io.towtank.controllers.podautoscaler.ScalingHistory;

/** What an autoscaler's behavior leaves of the replicas that metrics call for. */
final class ScalingBehaviorSuite {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 10_000_000L * SECOND;

  private ScalingBehaviorSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of(
            "spec",
            "recommendations",
            "scaleUpEvents",
            "scaleDownEvents",
            "currentReplicas",
            "computedReplicas",
            "downscaleStabilizationSeconds"),
        document ->
            "from "
                + document.path("currentReplicas").asText()
                + " to "
                + document.path("computedReplicas").asText(),
        ScalingBehaviorSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    ObjectNode object = ControllerCases.object();
    object.putObject("metadata").put("name", "a");
    object.set("spec", document.path("spec"));
    HorizontalPodAutoscaler autoscaler =
        ControllerCases.object(Kinds.HORIZONTAL_POD_AUTOSCALER, object);
    ScalingHistory history = new ScalingHistory();
    for (JsonNode entry : document.path("recommendations")) {
      history.recommended(entry.path("value").asInt(), ago(entry));
    }
    for (JsonNode entry : document.path("scaleUpEvents")) {
      history.scaledUp(entry.path("value").asInt(), ago(entry));
    }
    for (JsonNode entry : document.path("scaleDownEvents")) {
      history.scaledDown(entry.path("value").asInt(), ago(entry));
    }
    Normalization.Outcome normalized =
        Normalization.normalize(
            autoscaler.spec(),
            history,
            document.path("currentReplicas").asInt(),
            document.path("computedReplicas").asInt(),
            new PodAutoscalerOptions(
                0, document.path("downscaleStabilizationSeconds").asLong() * SECOND, 0, 0, 0, true),
            NOW);
    ObjectNode outcome = ControllerCases.object().put("desiredReplicas", normalized.replicas());
    ArrayNode conditions = outcome.putArray("conditions");
    put(conditions, "AbleToScale", normalized.ableToScale());
    put(conditions, "ScalingLimited", normalized.scalingLimited());
    return outcome;
  }

  private static void put(ArrayNode conditions, String type, Normalization.Why why) {
    conditions
        .addObject()
        .put("type", type)
        .put("status", why.status() ? "True" : "False")
        .put("reason", why.reason())
        .put("message", why.message());
  }

  private static long ago(JsonNode entry) {
    return NOW - Math.round(entry.path("secondsAgo").asDouble() * SECOND);
  }
}

package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Quantity;
import io.towtank.api.Timestamps;
import io.towtank.controllers.verticalpodautoscaler.Recommending.Recommendation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The status of an autoscaler as the recommender writes it (vertical-pod-autoscaler: model.Vpa).
 */
final class RecommendationStatus {
  private RecommendationStatus() {}

  /**
   * The next status.
   *
   * @param before the status so far, null where there is none
   * @param unsupported what is wrong with the autoscaler, null where nothing is
   * @param podsMatched whether it is about any pod
   * @param nowNanos the time, in nanoseconds since 1970
   */
  static ObjectNode next(
      @Nullable JsonNode before,
      List<Recommendation> recommendations,
      @Nullable String unsupported,
      boolean podsMatched,
      long nowNanos) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    // By type; the recommender leaves alone what it does not know.
    Map<String, JsonNode> conditions = new TreeMap<>();
    if (before != null) {
      before.path("conditions").forEach(one -> conditions.put(one.path("type").asText(), one));
    }
    if (unsupported == null) {
      conditions.remove("ConfigUnsupported");
    } else {
      set(conditions, "ConfigUnsupported", true, "", unsupported, nowNanos);
    }
    String reason = podsMatched ? "" : "NoPodsMatched";
    String message = podsMatched ? "" : "No pods match this VPA object";
    if (podsMatched) {
      conditions.remove("NoPodsMatched");
    } else {
      set(conditions, "NoPodsMatched", true, reason, message, nowNanos);
    }
    boolean provided = !recommendations.isEmpty();
    set(
        conditions,
        "RecommendationProvided",
        provided,
        provided ? "" : reason,
        provided ? "" : message,
        nowNanos);
    ArrayNode list = status.putArray("conditions");
    conditions.values().forEach(list::add);
    ObjectNode recommendation = status.putObject("recommendation");
    if (provided) {
      ArrayNode containers = recommendation.putArray("containerRecommendations");
      for (Recommendation one : recommendations) {
        ObjectNode container = containers.addObject().put("containerName", one.container());
        put(container, "lowerBound", one.lowerBound());
        put(container, "target", one.target());
        put(container, "uncappedTarget", one.uncappedTarget());
        put(container, "upperBound", one.upperBound());
      }
    }
    return status;
  }

  private static void put(
      ObjectNode container, String name, ImmutableMap<String, Quantity> amounts) {
    if (!amounts.isEmpty()) {
      ObjectNode node = container.putObject(name);
      amounts.forEach((resource, amount) -> node.put(resource, amount.toString()));
    }
  }

  private static void set(
      Map<String, JsonNode> conditions,
      String type,
      boolean status,
      String reason,
      String message,
      long nowNanos) {
    String value = status ? "True" : "False";
    JsonNode before = conditions.get(type);
    ObjectNode condition = JsonNodeFactory.instance.objectNode();
    condition.put(
        "lastTransitionTime",
        before != null && before.path("status").asText().equals(value)
            ? before.path("lastTransitionTime").asText()
            : Timestamps.format(nowNanos));
    if (!message.isEmpty()) {
      condition.put("message", message);
    }
    if (!reason.isEmpty()) {
      condition.put("reason", reason);
    }
    condition.put("status", value).put("type", type);
    conditions.put(type, condition);
  }
}

package io.towtank.scenarios.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.controllers.podautoscaler.ReplicaDecision;
import io.towtank.scenarios.observe.HorizontalScaling;
import java.util.List;

/** What horizontal pod autoscalers did, in the summary's JSON. */
final class HorizontalScalingJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** More decisions than this would make a summary of megabytes. */
  private static final int MOST_DECISIONS = 5000;

  private static final int LEAST_DECISIONS_EACH = 10;
  private static final int MOST_HISTORIES = 50;

  private HorizontalScalingJson() {}

  static ObjectNode of(ImmutableList<HorizontalScaling.Autoscaler> autoscalers) {
    ObjectNode json = JSON.objectNode();
    int each =
        autoscalers.isEmpty()
            ? MOST_DECISIONS
            : Math.max(LEAST_DECISIONS_EACH, MOST_DECISIONS / autoscalers.size());
    for (HorizontalScaling.Autoscaler autoscaler : autoscalers) {
      ObjectNode of = json.putObject(SummaryJson.name(autoscaler.name()));
      of.put("target", autoscaler.target())
          .put("scaledUp", autoscaler.scaledUp())
          .put("scaledDown", autoscaler.scaledDown())
          .put("turns", autoscaler.turns())
          .put("least", autoscaler.least())
          .put("most", autoscaler.most())
          .put("looks", autoscaler.looks())
          .put("held", autoscaler.held())
          .put("limited", autoscaler.limited())
          .put("failed", autoscaler.failed());
      if (autoscalers.size() <= MOST_HISTORIES) {
        ObjectNode history = of.putObject("history");
        history.set("every", SummaryJson.number(autoscaler.binNanos() / 1e9));
        SummaryJson.numbers(history.putArray("replicas"), autoscaler.replicas(), 1);
        SummaryJson.numbers(history.putArray("load"), autoscaler.load(), 1);
      }
      List<ReplicaDecision> all = autoscaler.decisions();
      ArrayNode decisions = of.putArray("decisions");
      for (int i = 0; i < all.size(); i++) {
        // The first and the last where they are many.
        if (i < (each + 1) / 2 || i >= all.size() - each / 2) {
          decisions.add(decision(all.get(i)));
        }
      }
      of.put("decisionsLeftOut", autoscaler.leftOut() + all.size() - decisions.size());
    }
    return json;
  }

  private static ObjectNode decision(ReplicaDecision decision) {
    ObjectNode json = JSON.objectNode();
    json.set("at", SummaryJson.seconds(decision.atNanos()));
    json.put("from", decision.current())
        .put("to", decision.desired())
        .put("proposed", decision.proposed())
        .put("reason", decision.reason());
    if (!decision.held().isEmpty()) {
      json.put("held", decision.held());
    }
    if (!decision.limited().isEmpty()) {
      json.put("limited", decision.limited());
    }
    ArrayNode metrics = json.putArray("metrics");
    for (ReplicaDecision.Metric metric : decision.metrics()) {
      ObjectNode of = metrics.addObject().put("type", metric.type()).put("metric", metric.name());
      if (!metric.problem().isEmpty()) {
        of.put("problem", metric.problem());
        continue;
      }
      of.put("unit", metric.percent() ? "percent" : "value");
      of.set("value", SummaryJson.number(metric.value()));
      of.set("target", SummaryJson.number(metric.target()));
      of.set("ratio", SummaryJson.number(metric.ratio()));
      of.put("replicas", metric.replicas());
    }
    return json;
  }
}

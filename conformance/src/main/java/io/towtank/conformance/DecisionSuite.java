package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.explain.DecisionScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Decisions of the scheduler: every pod of a scenario's queue is a case. */
final class DecisionSuite {
  private static final Comparison ALL = new Comparison(ImmutableSet.of());
  private static final String PREEMPTION = "preemption";

  private DecisionSuite() {}

  static Suite suite() {
    return DecisionSuite::check;
  }

  private static List<CaseResult> check(JsonNode scenario) {
    JsonNode decided = DecisionScenario.decide(scenario).path("decisions");
    List<CaseResult> results = new ArrayList<>();
    for (int i = 0; i < scenario.path("decisions").size(); i++) {
      JsonNode recorded = scenario.path("decisions").get(i);
      ObjectNode expected = compared(recorded);
      ObjectNode actual = compared(decided.path(i));
      alignPreemption(expected, actual);
      results.add(
          new CaseResult(
              scenario.path("name").asText() + " " + recorded.path("pod").asText(),
              expected,
              actual,
              ALL.differences(expected, actual)));
    }
    return results;
  }

  /** What has to agree of a decision, in one form: no zeros, no empty fields, reasons in order. */
  private static ObjectNode compared(JsonNode decision) {
    ObjectNode compared = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("outcome", "bound", "message")) {
      if (!decision.path(field).asText("").isEmpty()) {
        compared.set(field, decision.get(field));
      }
    }
    if (decision.path("best").size() > 0) {
      compared.set("best", decision.get("best"));
    }
    if (decision.path("preFilter").isObject()) {
      compared.set("preFilter", status(decision.get("preFilter")));
    }
    ObjectNode infeasible = compared.putObject("infeasible");
    for (Map.Entry<String, JsonNode> node : decision.path("infeasible").properties()) {
      infeasible.set(node.getKey(), status(node.getValue()));
    }
    ObjectNode scores = compared.putObject("scores");
    for (Map.Entry<String, JsonNode> node : decision.path("scores").properties()) {
      ObjectNode score = scores.putObject(node.getKey());
      score.set(
          "total", JsonNodeFactory.instance.numberNode(node.getValue().path("total").asLong()));
      for (Map.Entry<String, JsonNode> plugin : node.getValue().path("plugins").properties()) {
        if (plugin.getValue().asLong() != 0) {
          score.put(plugin.getKey(), plugin.getValue().asLong());
        }
      }
    }
    ObjectNode preemption = compared.putObject(PREEMPTION);
    for (JsonNode name : decision.path(PREEMPTION).path("nominatedNodes")) {
      preemption.set(
          name.asText(), sorted(decision.path(PREEMPTION).path("victims").path(name.asText())));
    }
    return compared;
  }

  private static ObjectNode status(JsonNode status) {
    ObjectNode compared = JsonNodeFactory.instance.objectNode();
    compared.put("plugin", status.path("plugin").asText());
    compared.put("code", status.path("code").asText());
    compared.set("reasons", sorted(status.path("reasons")));
    return compared;
  }

  private static ArrayNode sorted(JsonNode texts) {
    TreeSet<String> sorted = new TreeSet<>();
    texts.forEach(text -> sorted.add(text.asText()));
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    sorted.forEach(array::add);
    return array;
  }

  /** Recorded are all nodes between which chance decided: one of them is right. */
  private static void alignPreemption(ObjectNode expected, ObjectNode actual) {
    ImmutableList<String> chosen = ImmutableList.copyOf(actual.path(PREEMPTION).fieldNames());
    if (!chosen.isEmpty() && expected.path(PREEMPTION).has(chosen.getFirst())) {
      ((ObjectNode) expected.get(PREEMPTION)).retain(chosen);
    }
  }
}

package io.towtank.scenarios.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Durations;
import io.towtank.environment.Variable;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.DecisionJson;
import io.towtank.scheduler.explain.Way;
import java.util.Map;

/** Writes explanations as documents. */
public final class ExplanationJson {
  private ExplanationJson() {}

  /** The explanation: beside a decision as recorded ones are written, the details of each score. */
  public static ObjectNode of(PodExplanation explanation) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("pod", explanation.pod());
    document.put("scheduler", explanation.scheduler());
    document.put("node", explanation.node());
    document.put("attempts", explanation.attempts());
    ArrayNode containers = document.putArray("containers");
    for (StartedEnvironment environment : explanation.environments()) {
      ObjectNode container = containers.addObject();
      container.put("name", environment.container());
      container.put("startedAtSeconds", Durations.seconds(environment.startedAtNanos()));
      ObjectNode devices = container.putObject("devices");
      environment
          .devices()
          .forEach((resource, names) -> names.forEach(devices.withArray(resource)::add));
      ArrayNode variables = container.putArray("environment");
      for (Variable variable : environment.variables()) {
        variables
            .addObject()
            .put("name", variable.name())
            .put("value", variable.value())
            .put("from", variable.from());
      }
    }
    Decision decision = explanation.decision();
    if (decision == null) {
      return document;
    }
    document.put("decidedAtSeconds", Durations.seconds(explanation.decidedAtNanos()));
    document.put("nodesLookedAt", decision.lookedAt());
    document.set("decision", DecisionJson.write(decision));
    ArrayNode nodes = document.putArray("scores");
    for (Map.Entry<String, Decision.NodeScore> node : Ranking.of(decision)) {
      ObjectNode entry = nodes.addObject();
      entry.put("node", node.getKey());
      entry.put("total", node.getValue().total());
      ObjectNode plugins = entry.putObject("plugins");
      node.getValue()
          .plugins()
          .forEach((plugin, score) -> {
            ObjectNode its = plugins.putObject(plugin);
            its.put("score", score.raw());
            its.put("normalized", score.normalized());
            its.put("weight", score.weight());
            its.put("weighted", score.weighted());
          });
    }
    ArrayNode ways = document.putArray("whatWouldHaveToChange");
    for (Way way : explanation.ways()) {
      ObjectNode entry = ways.addObject();
      entry.put("node", way.node());
      way.changes().forEach(entry.putArray("changes")::add);
    }
    return document;
  }
}

package io.towtank.scheduler.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.scheduler.framework.Status;

/** Writes decisions in the format of recorded ones. */
public final class DecisionJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private DecisionJson() {}

  /** The decision as a document. */
  public static ObjectNode write(Decision decision) {
    ObjectNode document = JSON.objectNode();
    document.put("pod", decision.pod());
    document.put("outcome", decision.outcome().toString());
    if (decision.preFilter() != null) {
      document.set("preFilter", status(decision.preFilter()));
    }
    ObjectNode infeasible = document.putObject("infeasible");
    decision.infeasible().forEach((node, status) -> infeasible.set(node, status(status)));
    if (!decision.scores().isEmpty()) {
      ObjectNode scores = document.putObject("scores");
      decision
          .scores()
          .forEach((node, score) -> {
            ObjectNode entry = scores.putObject(node);
            entry.put("total", score.total());
            ObjectNode plugins = entry.putObject("plugins");
            score.plugins().forEach((name, its) -> plugins.put(name, its.weighted()));
          });
      decision.best().forEach(document.putArray("best")::add);
    }
    if (decision.bound() != null) {
      document.put("bound", decision.bound());
    }
    if (decision.message() != null) {
      document.put("message", decision.message());
    }
    if (decision.preemption() != null) {
      ObjectNode preemption = document.putObject("preemption");
      preemption.putArray("nominatedNodes").add(decision.preemption().node());
      ArrayNode victims = preemption.putObject("victims").putArray(decision.preemption().node());
      decision.preemption().victims().stream().sorted().forEach(victims::add);
    }
    return document;
  }

  private static ObjectNode status(Status status) {
    ObjectNode document = JSON.objectNode();
    document.put("plugin", status.plugin());
    document.put("code", status.code().toString());
    status.reasons().forEach(document.putArray("reasons")::add);
    return document;
  }
}

package io.towtank.scenarios.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.towtank.scenarios.explain.EqualNodes;
import io.towtank.scenarios.explain.ExplanationText;
import io.towtank.scenarios.explain.PodExplanation;
import io.towtank.scenarios.explain.WaitingPods;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Explained pods for report.js; nodes that fared alike are one row, and rows are not without end.
 */
final class ExplanationsJson {
  /** So many nodes that fared alike are named. */
  private static final int MOST_NAMES = 12;

  /** More rows nobody reads; they would make the file large. */
  private static final int MOST_ROWS = 100;

  private final JsonGenerator json;

  ExplanationsJson(JsonGenerator json) {
    this.json = json;
  }

  /** Writes the field of the report's data. */
  void write(ReportData.Explanations explanations) throws IOException {
    json.writeObjectFieldStart("explained");
    json.writeArrayFieldStart("pods");
    for (PodExplanation pod : explanations.chosen()) {
      pod(pod, 1);
    }
    for (WaitingPods.Template template : explanations.waiting().templates()) {
      pod(template.pod(), template.count());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("notes");
    for (String note : explanations.notes()) {
      json.writeString(note);
    }
    json.writeEndArray();
    json.writeNumberField("templatesLeftOut", explanations.waiting().templatesLeftOut());
    json.writeNumberField("podsLeftOut", explanations.waiting().podsLeftOut());
    json.writeEndObject();
  }

  private void pod(PodExplanation explanation, long count) throws IOException {
    json.writeStartObject();
    json.writeStringField("pod", explanation.pod());
    json.writeNumberField("count", count);
    json.writeStringField("headline", ExplanationText.headline(explanation).strip());
    Decision decision = explanation.decision();
    if (decision != null) {
      json.writeBooleanField("fits", decision.bound() != null);
      scores(decision);
      turnedDown(decision);
      json.writeArrayFieldStart("ways");
      for (Way way : explanation.ways()) {
        json.writeStartArray();
        json.writeString(way.node());
        for (String change : way.changes()) {
          json.writeString(change);
        }
        json.writeEndArray();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /**
   * Plugins with their weights; rows of chosen, total, a score and normalised score each, nodes.
   */
  private void scores(Decision decision) throws IOException {
    List<EqualNodes.Scored> groups = EqualNodes.scored(decision);
    Set<String> plugins = new LinkedHashSet<>();
    groups.forEach(group -> plugins.addAll(group.score().plugins().keySet()));
    json.writeArrayFieldStart("plugins");
    for (String plugin : plugins) {
      Decision.PluginScore score =
          groups.stream()
              .map(group -> group.score().plugins().get(plugin))
              .filter(its -> its != null)
              .findFirst()
              .orElseThrow();
      json.writeStartArray();
      json.writeString(plugin);
      json.writeNumber(score.weight());
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("scored");
    for (EqualNodes.Scored group : groups.subList(0, Math.min(MOST_ROWS, groups.size()))) {
      json.writeStartObject();
      json.writeBooleanField("chosen", group.nodes().getFirst().equals(decision.bound()));
      json.writeNumberField("total", group.score().total());
      json.writeArrayFieldStart("scores");
      for (String plugin : plugins) {
        Decision.PluginScore score = group.score().plugins().get(plugin);
        if (score == null) {
          json.writeNull();
        } else {
          json.writeStartArray();
          json.writeNumber(score.raw());
          json.writeNumber(score.normalized());
          json.writeEndArray();
        }
      }
      json.writeEndArray();
      nodes(group.nodes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("scoredLeftOut", Math.max(0, groups.size() - MOST_ROWS));
  }

  private void turnedDown(Decision decision) throws IOException {
    List<EqualNodes.TurnedDown> groups = EqualNodes.turnedDown(decision);
    json.writeArrayFieldStart("turnedDown");
    for (EqualNodes.TurnedDown group : groups.subList(0, Math.min(MOST_ROWS, groups.size()))) {
      json.writeStartObject();
      json.writeStringField("plugin", group.status().plugin());
      json.writeStringField("why", group.status().message());
      nodes(group.nodes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("turnedDownLeftOut", Math.max(0, groups.size() - MOST_ROWS));
  }

  private void nodes(List<String> nodes) throws IOException {
    json.writeNumberField("count", nodes.size());
    json.writeArrayFieldStart("names");
    for (String node : nodes.subList(0, Math.min(MOST_NAMES, nodes.size()))) {
      json.writeString(node);
    }
    json.writeEndArray();
  }
}

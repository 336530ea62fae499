package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.FieldSelector;
import io.towtank.api.Selector;

/** Label selectors, with labels that match or do not, and field selectors. */
final class SelectorSuite {
  private SelectorSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("selector", "fieldSelector"),
        document ->
            document.has("fieldSelector")
                ? "fieldSelector " + document.path("fieldSelector")
                : "selector " + document.path("selector"),
        SelectorSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    ObjectNode outcome = JsonNodeFactory.instance.objectNode();
    try {
      if (document.has("fieldSelector")) {
        outcome.put(
            "canonical", FieldSelector.parse(document.path("fieldSelector").asText()).toString());
      } else {
        Selector selector = Selector.parse(document.path("selector").asText());
        outcome.put("canonical", selector.toString());
        if (document.has("cases")) {
          ArrayNode cases = outcome.putArray("cases");
          for (JsonNode one : document.path("cases")) {
            cases
                .addObject()
                .put("matches", selector.matches(labels(one.path("labels"))))
                .set("labels", one.path("labels"));
          }
        }
      }
    } catch (IllegalArgumentException e) {
      outcome.put("error", e.getMessage());
    }
    return outcome;
  }

  private static ImmutableMap<String, String> labels(JsonNode node) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    node.properties().forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels.buildOrThrow();
  }
}

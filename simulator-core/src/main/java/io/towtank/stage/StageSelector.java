package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Map;

/**
 * Which objects a stage is for: all that has to be so of their labels, annotations and fields.
 *
 * @param labels labels and their values
 * @param annotations annotations and their values
 */
record StageSelector(
    ImmutableMap<String, String> labels,
    ImmutableMap<String, String> annotations,
    ImmutableList<Requirement> requirements) {
  /** How the results of a query are looked at. */
  enum Operator {
    IN("In"),
    NOT_IN("NotIn"),
    EXISTS("Exists"),
    DOES_NOT_EXIST("DoesNotExist");

    final String text;

    Operator(String text) {
      this.text = text;
    }

    /** Whether it compares with values. */
    boolean hasValues() {
      return this == IN || this == NOT_IN;
    }
  }

  /** What the results of a query have to be. */
  record Requirement(JqQuery query, Operator operator, ImmutableList<String> values) {
    boolean holds(JsonNode document) {
      ImmutableList<JsonNode> results = query.run(document);
      boolean found =
          results != null
              && (operator.hasValues()
                  ? results.stream().anyMatch(value -> values.contains(text(value)))
                  : !results.isEmpty());
      return found == (operator == Operator.IN || operator == Operator.EXISTS);
    }

    private static String text(JsonNode value) {
      return value.isContainerNode() ? "" : value.asText();
    }
  }

  /** Whether an object's document is of these. */
  boolean matches(JsonNode document) {
    return has(document.path("metadata").path("labels"), labels)
        && has(document.path("metadata").path("annotations"), annotations)
        && requirements.stream().allMatch(requirement -> requirement.holds(document));
  }

  private static boolean has(JsonNode texts, ImmutableMap<String, String> wanted) {
    for (Map.Entry<String, String> entry : wanted.entrySet()) {
      if (!entry.getValue().equals(texts.path(entry.getKey()).asText(null))) {
        return false;
      }
    }
    return true;
  }
}

package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;

/**
 * A case in which Towtank does not do what Kubernetes did.
 *
 * @param line the line of the golden file that holds the case, from 1
 * @param name what tells the case from others of its file
 * @param differences where the two differ
 * @param expected what Kubernetes did
 * @param actual what Towtank does
 */
public record Disagreement(
    int line,
    String name,
    ImmutableList<Difference> differences,
    JsonNode expected,
    JsonNode actual) {
  private static final int LISTED_DIFFERENCES = 10;

  /**
   * A text for people: the places that differ, and the two documents line by line, {@code -} before
   * what is expected and missing, {@code +} before what came out instead.
   */
  public String diff() {
    StringBuilder text = new StringBuilder();
    text.append("line ").append(line).append(": ").append(name).append('\n');
    differences.stream()
        .limit(LISTED_DIFFERENCES)
        .forEach(difference ->
            text.append("  ")
                .append(difference.path())
                .append(": expected ")
                .append(shortened(difference.expected()))
                .append(", got ")
                .append(shortened(difference.actual()))
                .append('\n'));
    if (differences.size() > LISTED_DIFFERENCES) {
      text.append("  and ")
          .append(differences.size() - LISTED_DIFFERENCES)
          .append(" more differences\n");
    }
    for (String line : LineDiff.of(expected, actual)) {
      text.append("    ").append(line).append('\n');
    }
    return text.toString();
  }

  private static String shortened(String text) {
    return text.length() <= 120 ? text : text.substring(0, 117) + "...";
  }
}

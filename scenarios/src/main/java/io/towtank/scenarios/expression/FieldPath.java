package io.towtank.scenarios.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a field is in a document: {@code spec.template.spec.containers[0].image}; a name with a dot
 * in it is written {@code metadata.labels['app.kubernetes.io/name']}.
 *
 * @param text as it was written
 * @param steps names and indexes in turn
 */
public record FieldPath(String text, ImmutableList<String> steps) {
  private static final Pattern STEP =
      Pattern.compile("\\.?([A-Za-z_][A-Za-z0-9_-]*)|\\[([0-9]+)]|\\['([^']+)']|\\[\"([^\"]+)\"]");

  /**
   * Reads a path.
   *
   * @throws IllegalArgumentException where the text is none
   */
  public static FieldPath parse(String text) {
    ImmutableList.Builder<String> steps = ImmutableList.builder();
    Matcher matcher = STEP.matcher(text);
    int end = 0;
    while (end < text.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new IllegalArgumentException(
            "\""
                + text
                + "\" is no path of a field: write it as in"
                + " spec.template.spec.containers[0].image");
      }
      for (int group = 1; group <= 4; group++) {
        if (matcher.group(group) != null) {
          steps.add(matcher.group(group));
        }
      }
      end = matcher.end();
    }
    return new FieldPath(text, steps.build());
  }

  /** The value at this place of a document; a missing node where there is none. */
  public JsonNode in(JsonNode document) {
    JsonNode node = document;
    for (String step : steps) {
      node =
          node.isArray() && step.chars().allMatch(Character::isDigit)
              ? node.path(Integer.parseInt(step))
              : node.path(step);
    }
    return node;
  }

  @Override
  public String toString() {
    return text;
  }
}

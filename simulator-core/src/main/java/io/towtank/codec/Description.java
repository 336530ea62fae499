package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;

/** Names values in messages. */
public final class Description {
  private static final int LONGEST_TEXT = 60;

  private Description() {}

  /** A value in words, as in {@code the text "x"}, {@code the number 3}, {@code a list}. */
  public static String of(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "the text \"" + cut(node.textValue()) + "\"";
      case NUMBER -> "the number " + node.asText();
      case BOOLEAN -> node.asText();
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      default -> "nothing";
    };
  }

  /** A whole file may have been taken for a text. */
  private static String cut(String text) {
    int line = text.indexOf('\n');
    String first = line < 0 ? text : text.substring(0, line);
    return first.length() <= LONGEST_TEXT && line < 0
        ? text
        : first.substring(0, Math.min(LONGEST_TEXT, first.length())) + "…";
  }
}

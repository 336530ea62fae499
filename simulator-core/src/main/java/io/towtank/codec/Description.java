package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;

/** Names values in messages. */
public final class Description {
  private Description() {}

  /** A value in words, as in {@code the text "x"}, {@code the number 3}, {@code a list}. */
  public static String of(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "the text \"" + node.textValue() + "\"";
      case NUMBER -> "the number " + node.asText();
      case BOOLEAN -> node.asText();
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      default -> "nothing";
    };
  }
}

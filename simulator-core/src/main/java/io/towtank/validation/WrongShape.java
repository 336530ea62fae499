package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.codec.Description;
import org.jspecify.annotations.Nullable;

/**
 * That a value has another shape than it should.
 *
 * @param message what was expected and what is there
 * @param suggestion what may help, null where nothing comes to mind
 */
public record WrongShape(String message, @Nullable String suggestion) {
  /**
   * Of a value.
   *
   * @param word how the value was written, where that is known and may differ: YAML takes {@code
   *     yes} for true
   */
  public static WrongShape of(JsonNode node, String expected, @Nullable String word) {
    String found = Description.of(node);
    boolean differs = word != null && !word.equals(node.asText());
    return new WrongShape(
        "expected " + expected + ", found " + found + (differs ? " (" + word + ")" : ""),
        expected.startsWith("a text") && node.isValueNode() && !node.isTextual()
            ? "put it in quotes: \"" + (word == null ? node.asText() : word) + "\""
            : null);
  }
}

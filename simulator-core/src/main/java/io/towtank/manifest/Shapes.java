package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.validation.Description;
import io.towtank.validation.FieldPath;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Says that a value has another shape than was expected. */
final class Shapes {
  private Shapes() {}

  /** Reports a value; a word that YAML took for something else is named as it was written. */
  static void report(
      YamlDocument document,
      FieldPath path,
      JsonNode node,
      String expected,
      BiConsumer<String, @Nullable String> reporter) {
    String word = node.isValueNode() && !node.isTextual() ? document.wordAt(path) : null;
    String found = Description.of(node);
    if (word != null && !word.equals(node.asText())) {
      found = found + " (" + word + ")";
    }
    reporter.accept(
        "expected " + expected + ", found " + found,
        expected.startsWith("a text") && node.isValueNode()
            ? "put it in quotes: \"" + (word == null ? node.asText() : word) + "\""
            : null);
  }
}

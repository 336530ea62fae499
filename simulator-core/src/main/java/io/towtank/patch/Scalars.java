package io.towtank.patch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Values without parts, as strategic merge patches compare them. */
final class Scalars {
  private Scalars() {}

  /** Whether two values are of one type and the same; objects and lists cannot be compared. */
  static boolean same(JsonNode a, JsonNode b) {
    Shape shape = Shape.of(a);
    if (shape != Shape.of(b)) {
      return false;
    }
    return switch (shape) {
      case NULL -> true;
      case BOOLEAN -> a.booleanValue() == b.booleanValue();
      case TEXT -> a.textValue().equals(b.textValue());
      case INTEGER -> a.longValue() == b.longValue();
      case FLOAT -> a.doubleValue() == b.doubleValue();
      case LIST, OBJECT ->
          throw StrategicMergePatch.internal(
              "a text or a number is expected to tell elements apart, not " + a);
    };
  }

  static boolean contains(List<JsonNode> values, JsonNode value) {
    return values.stream().anyMatch(candidate -> same(candidate, value));
  }
}

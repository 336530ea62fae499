package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Takes fields and elements out of a document (typed.RemoveItems). */
final class Removal {
  private Removal() {}

  /** The document without the paths of a set; what has nothing left is null, as upstream. */
  static JsonNode of(JsonNode document, FieldSet fields, MergeType type) {
    return switch (type.atom(document)) {
      case SCALAR -> document;
      case ATOMIC_LIST, ATOMIC_MAP -> JsonNodeFactory.instance.nullNode();
      case LIST -> list(document, fields, type);
      case MAP -> map(document, fields, type);
    };
  }

  private static JsonNode list(JsonNode list, FieldSet fields, MergeType type) {
    ArrayNode kept = JsonNodeFactory.instance.arrayNode();
    for (JsonNode child : list) {
      PathElement element = type.elementOf(child);
      if (!fields.has(element)) {
        kept.add(part(child, fields.below(element), type.ofElements()));
      }
    }
    return kept.isEmpty() ? JsonNodeFactory.instance.nullNode() : kept;
  }

  private static JsonNode map(JsonNode object, FieldSet fields, MergeType type) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      PathElement element = new PathElement.Field(entry.getKey());
      if (!fields.has(element)) {
        kept.set(
            entry.getKey(),
            part(entry.getValue(), fields.below(element), type.ofEntry(entry.getKey())));
      }
    }
    return kept.isEmpty() ? JsonNodeFactory.instance.nullNode() : kept;
  }

  private static JsonNode part(JsonNode value, FieldSet fields, MergeType type) {
    return fields.isEmpty() ? value : of(value, fields, type);
  }
}

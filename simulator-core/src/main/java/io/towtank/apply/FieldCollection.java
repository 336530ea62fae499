package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeSet;

/** The leaves of a document, and the elements of its merged lists (typed.ToFieldSet). */
final class FieldCollection {
  private FieldCollection() {}

  static FieldSet of(JsonNode document, MergeType type) {
    FieldSet.Builder fields = new FieldSet.Builder();
    collectBelow(document, type, fields);
    return fields.build();
  }

  /** Collects what is below a value; whether it is a leaf itself is its owner's to know. */
  private static void collectBelow(JsonNode value, MergeType type, FieldSet.Builder fields) {
    switch (type.atom(value)) {
      case SCALAR, ATOMIC_LIST, ATOMIC_MAP -> {}
      case LIST -> collectElements(value, type, fields);
      case MAP -> collectEntries(value, type, fields);
    }
  }

  private static boolean isLeaf(JsonNode value, MergeType type) {
    return switch (type.atom(value)) {
      case SCALAR, ATOMIC_LIST, ATOMIC_MAP -> true;
      case LIST, MAP -> false;
    };
  }

  private static void collectElements(JsonNode list, MergeType type, FieldSet.Builder fields) {
    TreeSet<PathElement> seen = new TreeSet<>();
    TreeSet<PathElement> repeated = new TreeSet<>();
    for (JsonNode child : list) {
      PathElement element = type.elementOf(child);
      fields.add(element);
      if (!seen.add(element)) {
        repeated.add(element);
      }
    }
    for (JsonNode child : list) {
      PathElement element = type.elementOf(child);
      // Of what is there several times only the whole can be managed.
      if (!repeated.contains(element)) {
        collectBelow(child, type.ofElements(), fields.below(element));
      }
    }
  }

  private static void collectEntries(JsonNode object, MergeType type, FieldSet.Builder fields) {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      PathElement element = new PathElement.Field(entry.getKey());
      JsonNode value = entry.getValue();
      MergeType entryType = type.ofEntry(entry.getKey());
      boolean empty = value.isNull() || (value.isObject() && value.isEmpty());
      if (empty || !type.hasField(entry.getKey()) || isLeaf(value, entryType)) {
        fields.add(element);
      }
      collectBelow(value, entryType, fields.below(element));
    }
  }
}

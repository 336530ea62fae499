package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a tree stand in its text. Objects and lists are known by identity: they keep
 * their place when they are moved within the tree, as a conversion does.
 */
final class Positions {
  /** Of an object or list: where it begins, and where its fields or items do. */
  private static final class Marks {
    private final Position start;
    private final Map<String, Position> names = new HashMap<>();
    private final Map<String, Position> values = new HashMap<>();
    private final List<Position> items = new ArrayList<>();

    Marks(Position start) {
      this.start = start;
    }
  }

  private final IdentityHashMap<JsonNode, Marks> marks = new IdentityHashMap<>();

  /** Notes where an object or list begins. */
  void container(JsonNode container, Position start) {
    marks.put(container, new Marks(start));
  }

  /** Notes where a field of an object begins, and its value. */
  void field(JsonNode object, String name, Position namePosition, Position valuePosition) {
    Marks known = marks.get(object);
    if (known != null) {
      known.names.put(name, namePosition);
      known.values.put(name, valuePosition);
    }
  }

  /** Notes where the next item of a list begins. */
  void item(JsonNode list, Position position) {
    Marks known = marks.get(list);
    if (known != null) {
      known.items.add(position);
    }
  }

  /** A copy's parts are where the original's are. */
  void copied(JsonNode original, JsonNode copy) {
    Marks known = marks.get(original);
    if (known != null) {
      marks.put(copy, known);
    }
    for (Map.Entry<String, JsonNode> field : original.properties()) {
      JsonNode other = copy.get(field.getKey());
      if (field.getValue().isContainerNode() && other != null) {
        copied(field.getValue(), other);
      }
    }
    if (original.isArray()) {
      for (int i = 0; i < original.size(); i++) {
        if (original.get(i).isContainerNode()) {
          copied(original.get(i), copy.get(i));
        }
      }
    }
  }

  /** Where an object or list begins, null where that is not known. */
  @Nullable Position start(JsonNode container) {
    Marks known = marks.get(container);
    return known == null ? null : known.start;
  }

  /** Where the name of a field begins, null where that is not known. */
  @Nullable Position name(JsonNode object, String name) {
    Marks known = marks.get(object);
    return known == null ? null : known.names.get(name);
  }

  /** Where the value of a field begins, null where that is not known. */
  @Nullable Position value(JsonNode object, String name) {
    Marks known = marks.get(object);
    return known == null ? null : known.values.get(name);
  }

  /** Where an item of a list begins, null where that is not known. */
  @Nullable Position item(JsonNode list, int index) {
    Marks known = marks.get(list);
    return known == null || index >= known.items.size() ? null : known.items.get(index);
  }
}

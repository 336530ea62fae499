package io.towtank.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets fields that are absent, null or (texts) empty, which is all the same in Kubernetes' types.
 */
final class Absent {
  private Absent() {}

  static boolean is(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isMissingNode()
        || value.isNull()
        || (value.isTextual() && value.textValue().isEmpty());
  }

  static void set(ObjectNode object, String field, String value) {
    if (is(object, field)) {
      object.put(field, value);
    }
  }

  static void set(ObjectNode object, String field, int value) {
    if (is(object, field)) {
      object.put(field, value);
    }
  }

  static void set(ObjectNode object, String field, boolean value) {
    if (is(object, field)) {
      object.put(field, value);
    }
  }

  /** Sets a number where it is absent or 0. */
  static void setPositive(ObjectNode object, String field, int value) {
    if (is(object, field) || (object.path(field).isNumber() && object.path(field).asInt() == 0)) {
      object.put(field, value);
    }
  }

  /** The object in a field, which is made where it is absent. */
  static ObjectNode object(ObjectNode object, String field) {
    return object.path(field) instanceof ObjectNode inside ? inside : object.putObject(field);
  }

  /** The objects of a list in a field, none where there is no list. */
  static List<ObjectNode> objects(JsonNode object, String field) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode item : object.path(field)) {
      if (item instanceof ObjectNode inside) {
        objects.add(inside);
      }
    }
    return objects;
  }
}

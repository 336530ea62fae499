package io.towtank.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.DecimalInteger;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * JSON patch (RFC 6902) as evanphx/json-patch v4 does it. Unlike the RFC it replaces fields that
 * are not there, takes a missing field for null in tests and copies, and counts negative indexes
 * from the end.
 */
final class JsonPatch {
  /** What copies may add, as the API server bounds it: the largest request, in bytes. */
  private static final long MAX_COPIED = 3 << 20;

  private JsonNode document;
  private long copied;

  private JsonPatch(JsonNode document) {
    this.document = document;
  }

  /** A place in the document: an object or a list, and the name or index in it. */
  private record Place(JsonNode container, String key) {}

  /** The patched object; neither argument is changed. */
  static JsonNode apply(JsonNode object, JsonNode patch) {
    if (!patch.isArray()) {
      throw malformed("a JSON patch is a list of operations, not " + patch);
    }
    JsonPatch run = new JsonPatch(object.deepCopy());
    for (JsonNode operation : patch) {
      if (!operation.isObject()) {
        throw malformed("an operation of a JSON patch is an object, not " + operation);
      }
      run.apply(operation);
    }
    return run.document;
  }

  private void apply(JsonNode operation) {
    String kind = operation.path("op").asText();
    switch (kind) {
      case "add" -> add(path(operation, "path"), value(operation));
      case "remove" -> remove(path(operation, "path"));
      case "replace" -> replace(path(operation, "path"), operation);
      case "move" -> move(path(operation, "from"), path(operation, "path"));
      case "copy" -> copy(path(operation, "from"), path(operation, "path"));
      case "test" -> test(path(operation, "path"), operation);
      default ->
          throw inapplicable(
              "Unexpected kind: "
                  + operation.path("op")
                  + "; add, remove, replace, move, copy and test are known");
    }
  }

  private static String path(JsonNode operation, String field) {
    JsonNode path = operation.path(field);
    if (!path.isTextual()) {
      throw inapplicable(
          operation.path("op").asText()
              + " operation: missing value: its "
              + field
              + " is no text");
    }
    return path.textValue();
  }

  private static JsonNode value(JsonNode operation) {
    JsonNode value = operation.get("value");
    return value == null ? NullNode.getInstance() : value.deepCopy();
  }

  private void add(String path, JsonNode value) {
    Place place = find(path);
    if (place == null) {
      throw missingPath("add", path);
    }
    insert(place, path, value);
  }

  private void remove(String path) {
    Place place = find(path);
    if (place == null) {
      throw missingPath("remove", path);
    }
    if (place.container instanceof ObjectNode object) {
      if (object.remove(place.key) == null) {
        throw inapplicable(
            "error in remove for path: '"
                + path
                + "': Unable to remove nonexistent key: "
                + place.key
                + ": missing value");
      }
    } else {
      ((ArrayNode) place.container).remove(index(place, path));
    }
  }

  private void replace(String path, JsonNode operation) {
    if (path.isEmpty()) {
      JsonNode value = value(operation);
      if (!value.isContainerNode()) {
        throw inapplicable("replace operation value must be object or array");
      }
      document = value;
      return;
    }
    Place place = find(path);
    if (place == null) {
      throw missingPath("replace", path);
    }
    if (place.container instanceof ObjectNode object) {
      object.set(place.key, value(operation));
    } else {
      ((ArrayNode) place.container).set(index(place, path), value(operation));
    }
  }

  private void move(String from, String path) {
    JsonNode value = get(from, "move");
    remove(from);
    add(path, value == null ? NullNode.getInstance() : value);
  }

  private void copy(String from, String path) {
    JsonNode value = get(from, "copy");
    JsonNode copy = value == null ? NullNode.getInstance() : value.deepCopy();
    copied += copy.toString().length();
    if (copied > MAX_COPIED) {
      throw inapplicable(
          "Unable to complete the copy, the accumulated size increase of copy is "
              + copied
              + ", exceeding the limit "
              + MAX_COPIED);
    }
    add(path, copy);
  }

  private void test(String path, JsonNode operation) {
    JsonNode current = path.isEmpty() ? document : get(path, "test");
    if (!same(current == null ? NullNode.getInstance() : current, value(operation))) {
      throw inapplicable("testing value " + path + " failed: test failed");
    }
  }

  /** The value at a path, null where an object has no such field. */
  private @Nullable JsonNode get(String path, String operation) {
    Place place = find(path);
    if (place == null) {
      throw missingPath(operation, path);
    }
    return place.container.isObject()
        ? place.container.get(place.key)
        : place.container.get(index(place, path));
  }

  private static void insert(Place place, String path, JsonNode value) {
    if (place.container instanceof ObjectNode object) {
      object.set(place.key, value);
      return;
    }
    ArrayNode list = (ArrayNode) place.container;
    if (place.key.equals("-")) {
      list.add(value);
      return;
    }
    list.insert(index(place.key, list.size() + 1, path), value);
  }

  private static int index(Place place, String path) {
    return index(place.key, place.container.size(), path);
  }

  private static int index(String key, int size, String path) {
    OptionalLong index = DecimalInteger.parse(key);
    if (index.isEmpty()) {
      throw inapplicable("path '" + path + "': \"" + key + "\" is no index of a list");
    }
    long number = index.getAsLong();
    if (number >= size || number < -size) {
      throw inapplicable(
          "path '"
              + path
              + "': Unable to access invalid index: "
              + number
              + ": invalid index referenced");
    }
    return (int) (number < 0 ? number + size : number);
  }

  /** The place that a path leads to, null where there is no object or list that it could be in. */
  private @Nullable Place find(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length < 2) {
      return null;
    }
    JsonNode container = document;
    for (int i = 1; i < parts.length - 1; i++) {
      String key = decoded(parts[i]);
      JsonNode next;
      if (container.isObject()) {
        next = container.get(key);
      } else {
        OptionalLong index = DecimalInteger.parse(key);
        if (index.isEmpty()) {
          return null;
        }
        long number = index.getAsLong();
        number = number < 0 ? number + container.size() : number;
        next = number < 0 || number >= container.size() ? null : container.get((int) number);
      }
      if (next == null || !next.isContainerNode()) {
        return null;
      }
      container = next;
    }
    return new Place(container, decoded(parts[parts.length - 1]));
  }

  private static String decoded(String part) {
    // ~01 stands for ~1, so the tilde comes last.
    return part.indexOf('~') < 0 ? part : part.replace("~1", "/").replace("~0", "~");
  }

  /** Numbers are the same where they are written the same: 1 is not 1.0. */
  private static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.isIntegralNumber() == b.isIntegralNumber() && a.asText().equals(b.asText());
    }
    if (a.isObject() && b.isObject()) {
      return a.size() == b.size()
          && a.properties().stream()
              .allMatch(
                  field -> b.has(field.getKey()) && same(field.getValue(), b.get(field.getKey())));
    }
    if (a.isArray() && b.isArray()) {
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }
    return a.equals(b);
  }

  private static PatchException missingPath(String operation, String path) {
    return inapplicable(
        operation
            + " operation does not apply: doc is missing path: \""
            + path
            + "\": missing value");
  }

  private static PatchException inapplicable(String message) {
    return new PatchException(PatchException.Reason.INAPPLICABLE, message);
  }

  private static PatchException malformed(String message) {
    return new PatchException(PatchException.Reason.MALFORMED, message);
  }
}

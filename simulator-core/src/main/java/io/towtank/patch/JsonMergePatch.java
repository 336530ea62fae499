package io.towtank.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * JSON merge patch as evanphx/json-patch v4 does it. Beyond RFC 7386 it removes nulls from what is
 * new, inside lists too, but not from what replaces an object by something else.
 */
final class JsonMergePatch {
  private JsonMergePatch() {}

  /** The patched object; neither argument is changed. */
  static JsonNode apply(JsonNode object, JsonNode patch) {
    if (patch.isArray()) {
      return withoutNulls(patch.deepCopy());
    }
    if (!patch.isObject()) {
      throw new PatchException(
          PatchException.Reason.MALFORMED,
          "Invalid JSON Patch: a merge patch is an object, not " + patch);
    }
    JsonNode target = object.deepCopy();
    return target.isObject()
        ? merge((ObjectNode) target, patch.deepCopy())
        : withoutNulls(patch.deepCopy());
  }

  private static JsonNode merge(ObjectNode target, JsonNode patch) {
    for (Map.Entry<String, JsonNode> change : patch.properties()) {
      String name = change.getKey();
      JsonNode value = change.getValue();
      JsonNode current = target.path(name);
      if (value.isNull()) {
        target.remove(name);
      } else if (!current.isObject()) {
        target.set(name, withoutNulls(value));
      } else if (value.isObject()) {
        target.set(name, merge((ObjectNode) current, value));
      } else {
        target.set(name, value);
      }
    }
    return target;
  }

  /** Removes what is null from objects, at any depth; nulls that are elements of lists stay. */
  private static JsonNode withoutNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(field -> field.getValue().isNull());
    }
    node.forEach(JsonMergePatch::withoutNulls);
    return node;
  }
}

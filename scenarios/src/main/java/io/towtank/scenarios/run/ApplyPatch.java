package io.towtank.scenarios.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Kind;
import io.towtank.patch.PatchType;
import io.towtank.patch.Patches;
import io.towtank.schema.FieldSchema;
import io.towtank.schema.ObjectType;
import io.towtank.schema.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The patch that {@code kubectl apply} sends (apimachinery:
 * strategicpatch.CreateThreeWayMergePatch): the document itself, and what is to go because it was
 * in the document that was applied before and is no more.
 */
final class ApplyPatch {
  private static final String DIRECTIVE = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ApplyPatch() {}

  /**
   * An object's document after an apply.
   *
   * @param current the object's document as it is
   * @param before what was applied before, null where nothing was
   * @param document what is applied
   * @throws io.towtank.patch.PatchException where it does not fit the object
   */
  static JsonNode apply(
      Kind<?> kind, JsonNode current, @Nullable ObjectNode before, ObjectNode document) {
    ObjectType type = Schema.builtIn().typeOf(kind.apiVersion(), kind.name());
    ObjectNode patch = document.deepCopy();
    patch.remove("status");
    if (before != null) {
      removals(type, before, patch);
    }
    if (type == null) {
      return Patches.apply(PatchType.MERGE, current, patch, kind);
    }
    retainKeys(type, patch);
    return Patches.apply(PatchType.STRATEGIC_MERGE, current, patch, kind);
  }

  /** Has the patch remove what the document before had and the patch has not. */
  private static void removals(@Nullable ObjectType type, JsonNode before, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> entry : before.properties()) {
      String name = entry.getKey();
      JsonNode value = entry.getValue();
      JsonNode now = patch.path(name);
      FieldSchema field = type == null ? null : type.field(name);
      ObjectType inner = field == null ? null : Schema.builtIn().type(field);
      if (now.isMissingNode()) {
        patch.set(name, JSON.nullNode());
      } else if (value.isObject() && now instanceof ObjectNode object) {
        removals(inner, value, object);
      } else if (field != null && value.isArray() && now instanceof ArrayNode list) {
        removals(field, inner, value, list);
      }
    }
  }

  private static void removals(
      FieldSchema field, @Nullable ObjectType inner, JsonNode before, ArrayNode now) {
    String key = field.patchMergeKey();
    if (key == null || !field.patchStrategies().contains("merge")) {
      return;
    }
    for (JsonNode item : before) {
      ObjectNode same = null;
      for (JsonNode candidate : now) {
        if (candidate instanceof ObjectNode object && candidate.path(key).equals(item.path(key))) {
          same = object;
        }
      }
      if (same != null) {
        removals(inner, item, same);
      } else {
        now.addObject().put(DIRECTIVE, "delete").set(key, item.path(key));
      }
    }
  }

  /** Where one of several alternatives is given, the others go: a strategy, a volume's source. */
  private static void retainKeys(@Nullable ObjectType type, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> entry : patch.properties()) {
      FieldSchema field = type == null ? null : type.field(entry.getKey());
      if (field == null) {
        continue;
      }
      ObjectType inner = Schema.builtIn().type(field);
      boolean exclusive = field.patchStrategies().contains("retainKeys");
      if (entry.getValue() instanceof ObjectNode object) {
        retainKeys(inner, object, exclusive);
      } else if (entry.getValue() instanceof ArrayNode list) {
        for (JsonNode item : list) {
          if (item instanceof ObjectNode object && !object.has(DIRECTIVE)) {
            retainKeys(inner, object, exclusive);
          }
        }
      }
    }
  }

  private static void retainKeys(@Nullable ObjectType type, ObjectNode value, boolean exclusive) {
    retainKeys(type, value);
    if (exclusive) {
      ArrayNode names = JSON.arrayNode();
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        if (!field.getValue().isNull()) {
          names.add(field.getKey());
        }
      }
      value.set(RETAIN_KEYS, names);
    }
  }
}

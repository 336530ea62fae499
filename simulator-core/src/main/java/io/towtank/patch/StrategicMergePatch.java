package io.towtank.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.schema.FieldSchema;
import io.towtank.schema.ObjectType;
import io.towtank.schema.Schema;
import io.towtank.schema.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patch (apimachinery: strategicpatch.StrategicMergePatch): a merge patch that
 * merges lists by the merge keys of the kind's schema and knows directives.
 *
 * <ul>
 *   <li>{@code $patch: replace} in an object: the rest of it is the new value; as an element of a
 *       list: the other elements are the new list
 *   <li>{@code $patch: delete} in an object: it becomes empty; in an element of a list: the
 *       elements with its merge key go
 *   <li>{@code $retainKeys: [a, b]}: all fields but these go
 *   <li>{@code $deleteFromPrimitiveList/x: [a]}: these elements of the list x go
 *   <li>{@code $setElementOrder/x: [...]}: the list x is to have this order
 * </ul>
 *
 * <p>Objects are changed in place, on copies that {@link #apply} makes.
 */
final class StrategicMergePatch {
  static final String DIRECTIVE = "$patch";
  static final String DELETE = "delete";
  static final String REPLACE = "replace";
  static final String MERGE = "merge";
  static final String RETAIN_KEYS = "retainKeys";
  private static final String RETAIN_KEYS_DIRECTIVE = "$retainKeys";
  private static final String DELETE_FROM_LIST = "$deleteFromPrimitiveList";
  private static final String SET_ORDER = "$setElementOrder";

  private final Schema schema;

  private StrategicMergePatch(Schema schema) {
    this.schema = schema;
  }

  /**
   * The patched object; neither argument is changed.
   *
   * @param type the object's type
   */
  static JsonNode apply(JsonNode object, JsonNode patch, Schema schema, ValueType type) {
    if (!object.isObject() || !patch.isObject()) {
      throw malformed("invalid JSON document: a strategic merge patch is an object, not " + patch);
    }
    return new StrategicMergePatch(schema).mergeObject(object.deepCopy(), patch.deepCopy(), type);
  }

  private ObjectNode mergeObject(ObjectNode original, ObjectNode patch, ValueType type) {
    JsonNode directive = patch.get(DIRECTIVE);
    if (directive != null) {
      return directed(directive, patch);
    }
    retainKeys(original, patch);
    mergeOrderedLists(original, patch, type);
    for (Map.Entry<String, JsonNode> change : List.copyOf(patch.properties())) {
      String name = change.getKey();
      JsonNode value = change.getValue();
      boolean deletes = name.startsWith(DELETE_FROM_LIST);
      if (deletes) {
        name = listName(name, DELETE_FROM_LIST, "invalid patch format of primitive list");
      }
      if (value.isNull()) {
        original.remove(name);
        continue;
      }
      JsonNode current = original.get(name);
      if (current == null || Shape.of(current) != Shape.of(value)) {
        if (!deletes) {
          set(original, name, withoutNulls(value));
        }
      } else if (current.isObject()) {
        Field field = field(type, name);
        original.set(
            name,
            field.strategy.equals(REPLACE)
                ? value
                : mergeObject((ObjectNode) current, (ObjectNode) value, field.type));
      } else if (current.isArray()) {
        original.set(
            name,
            mergeList(elements(current), elements(value), listField(type, name), name, deletes));
      } else {
        original.set(name, value);
      }
    }
    return original;
  }

  private static ObjectNode directed(JsonNode directive, ObjectNode patch) {
    if (isText(directive, REPLACE)) {
      patch.remove(DIRECTIVE);
      return patch;
    }
    if (isText(directive, DELETE)) {
      return JsonNodeFactory.instance.objectNode();
    }
    throw unknownDirective(directive, patch);
  }

  private static void set(ObjectNode object, String name, JsonNode value) {
    JsonNode plain = withoutDirectives(value);
    if (plain == null) {
      object.remove(name);
    } else {
      object.set(name, plain);
    }
  }

  /** Removes the fields of the original that {@code $retainKeys} does not name. */
  private static void retainKeys(ObjectNode original, ObjectNode patch) {
    JsonNode directive = patch.remove(RETAIN_KEYS_DIRECTIVE);
    if (directive == null) {
      return;
    }
    if (!directive.isArray()) {
      throw malformed("invalid patch format of retainKeys: it is a list, not " + directive);
    }
    List<String> retained = new ArrayList<>();
    directive.forEach(name -> retained.add(name.isTextual() ? name.textValue() : ""));
    for (Map.Entry<String, JsonNode> change : patch.properties()) {
      String name = change.getKey();
      if (!change.getValue().isNull()
          && !name.startsWith(DELETE_FROM_LIST)
          && !name.startsWith(SET_ORDER)
          && !retained.contains(name)) {
        throw malformed(
            "invalid patch format of retainKeys: the patch sets "
                + name
                + " but does not retain it");
      }
    }
    original.properties().removeIf(field -> !retained.contains(field.getKey()));
  }

  /** Merges the lists of which {@code $setElementOrder} gives the order, and takes them out. */
  private void mergeOrderedLists(ObjectNode original, ObjectNode patch, ValueType type) {
    for (String directive : List.copyOf(patch.propertyStream().map(Map.Entry::getKey).toList())) {
      if (!directive.startsWith(SET_ORDER)) {
        continue;
      }
      JsonNode orderNode = patch.remove(directive);
      String name = listName(directive, SET_ORDER, "invalid patch format of setElementOrder list");
      List<JsonNode> order = list(orderNode, directive);
      JsonNode originalNode = original.get(name);
      JsonNode patchNode = patch.get(name);
      List<JsonNode> current = originalNode == null ? List.of() : list(originalNode, name);
      List<JsonNode> changes = patchNode == null ? List.of() : list(patchNode, name);
      Field field = listField(type, name);
      requireOrder(changes, order, field.mergeKey);
      if (originalNode == null && patchNode == null) {
        continue;
      }
      Shape shape = shape(current, changes);
      // What deletions take from the original also goes from the order that it gives.
      List<JsonNode> remaining = new ArrayList<>(current);
      List<JsonNode> merged;
      if (patchNode == null) {
        merged = remaining;
      } else if (originalNode == null) {
        merged = new ArrayList<>();
        for (JsonNode element : changes) {
          JsonNode plain = withoutDirectives(element);
          if (plain != null) {
            merged.add(plain);
          }
        }
      } else {
        merged = elements(mergeList(remaining, changes, field, name, false));
      }
      ListOrder listOrder = new ListOrder(field.mergeKey, shape == Shape.OBJECT);
      original.set(name, array(listOrder.ordered(merged, order, remaining)));
      patch.remove(name);
    }
  }

  /** The elements of the patch have to come in the order that it sets. */
  private static void requireOrder(List<JsonNode> changes, List<JsonNode> order, String mergeKey) {
    if (changes.isEmpty() || order.isEmpty()) {
      return;
    }
    int at = 0;
    for (JsonNode element : changes) {
      if (!mergeKey.isEmpty() && !element.isObject()) {
        throw internal("an object is expected in a list of objects, not " + element);
      }
      if (element.has(DIRECTIVE)) {
        // An element that only deletes has no place; neither has one with another directive, but
        // only as long as there is order left.
        if (!isText(element.path(DIRECTIVE), DELETE) && at >= order.size()) {
          throw wrongOrder(changes, order);
        }
        continue;
      }
      boolean found = false;
      while (!found && at < order.size()) {
        found = sameElement(element, order.get(at++), mergeKey);
      }
      if (!found) {
        throw wrongOrder(changes, order);
      }
    }
  }

  private static boolean sameElement(JsonNode a, JsonNode b, String mergeKey) {
    return mergeKey.isEmpty()
        ? Scalars.same(a, b)
        : Scalars.same(mergeValue(a, mergeKey), mergeValue(b, mergeKey));
  }

  /**
   * Merges a list.
   *
   * @param current is changed where elements are deleted
   * @param deletes whether the patch names elements to delete
   */
  private JsonNode mergeList(
      List<JsonNode> current, List<JsonNode> patch, Field field, String name, boolean deletes) {
    if (!deletes && !field.strategy.equals(MERGE)) {
      return array(patch);
    }
    if (current.isEmpty() && patch.isEmpty()) {
      return array(current);
    }
    if (shape(current, patch) != Shape.OBJECT) {
      if (deletes) {
        return array(
            current.stream().filter(element -> !Scalars.contains(patch, element)).toList());
      }
      List<JsonNode> merged = new ArrayList<>(current);
      merged.addAll(patch);
      removeDuplicates(merged);
      return array(new ListOrder(field.mergeKey, false).ordered(merged, patch, current));
    }
    if (field.mergeKey.isEmpty()) {
      throw internal("cannot merge lists without merge key for " + name);
    }
    List<JsonNode> changes = new ArrayList<>();
    boolean replaces = applyDirectives(current, patch, field.mergeKey, changes);
    List<JsonNode> base = replaces ? changes : current;
    List<JsonNode> patched = replaces ? List.of() : changes;
    List<JsonNode> merged = new ArrayList<>(base);
    for (JsonNode change : patched) {
      int at = indexOf(merged, field.mergeKey, mergeValue(change, field.mergeKey));
      if (at < 0) {
        merged.add(change);
      } else {
        merged.set(at, mergeObject((ObjectNode) merged.get(at), (ObjectNode) change, field.type));
      }
    }
    return array(new ListOrder(field.mergeKey, true).ordered(merged, patched, base));
  }

  /**
   * Deletes what the patch says to delete.
   *
   * @param plain gets the elements of the patch without directives
   * @return whether they are to replace the list
   */
  private static boolean applyDirectives(
      List<JsonNode> current, List<JsonNode> patch, String mergeKey, List<JsonNode> plain) {
    boolean replaces = false;
    for (JsonNode element : patch) {
      JsonNode directive = element.get(DIRECTIVE);
      if (directive == null) {
        plain.add(element);
      } else if (isText(directive, DELETE)) {
        JsonNode value = mergeValue(element, mergeKey);
        for (int at = indexOf(current, mergeKey, value);
            at >= 0;
            at = indexOf(current, mergeKey, value)) {
          current.remove(at);
        }
      } else if (isText(directive, REPLACE)) {
        replaces = true;
      } else if (isText(directive, MERGE)) {
        throw internal("merging lists cannot yet be specified in the patch");
      } else {
        throw unknownDirective(directive, element);
      }
    }
    return replaces;
  }

  private static int indexOf(List<JsonNode> elements, String mergeKey, JsonNode value) {
    for (int i = 0; i < elements.size(); i++) {
      JsonNode own = elements.get(i).get(mergeKey);
      if (own != null && Scalars.same(own, value)) {
        return i;
      }
    }
    return -1;
  }

  static JsonNode mergeValue(JsonNode element, String mergeKey) {
    JsonNode value = element.get(mergeKey);
    if (value == null) {
      throw internal("map: " + element + " does not contain declared merge key: " + mergeKey);
    }
    return value;
  }

  /** Removes repeated elements; the last one takes the place of one that goes, as upstream. */
  private static void removeDuplicates(List<JsonNode> elements) {
    for (int i = 0; i < elements.size() - 1; i++) {
      for (int j = i + 1; j < elements.size(); j++) {
        if (Scalars.same(elements.get(i), elements.get(j))) {
          elements.set(j, elements.getLast());
          elements.removeLast();
          j--;
        }
      }
    }
  }

  /** Removes what is null from objects, at any depth. */
  private static JsonNode withoutNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(field -> field.getValue().isNull());
    }
    node.forEach(StrategicMergePatch::withoutNulls);
    return node;
  }

  /** A new value without the objects that bear a directive; null where it is one itself. */
  private static @Nullable JsonNode withoutDirectives(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.has(DIRECTIVE)) {
        return null;
      }
      Map<String, JsonNode> kept = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        JsonNode value = withoutDirectives(field.getValue());
        if (value != null) {
          kept.put(field.getKey(), value);
        }
      }
      return object.removeAll().setAll(kept);
    }
    if (node.isArray()) {
      ArrayNode kept = JsonNodeFactory.instance.arrayNode();
      for (JsonNode element : node) {
        JsonNode plain = withoutDirectives(element);
        if (plain != null) {
          kept.add(plain);
        }
      }
      return kept;
    }
    return node;
  }

  /** The one shape of all elements of two lists, which have to have one. */
  private static Shape shape(List<JsonNode> a, List<JsonNode> b) {
    Shape common = null;
    for (List<JsonNode> elements : List.of(a, b)) {
      for (JsonNode element : elements) {
        Shape shape = Shape.of(element);
        if (shape == Shape.LIST) {
          throw new PatchException(
              PatchException.Reason.INAPPLICABLE, "lists of lists are not supported");
        }
        if (shape == Shape.NULL) {
          throw internal("null is no element of a list");
        }
        if (common != null && shape != common) {
          throw internal("list element types are not identical: " + a + " and " + b);
        }
        common = shape;
      }
    }
    if (common == null) {
      throw internal("no elements in any of the given slices");
    }
    return common;
  }

  /**
   * What the schema says of a field.
   *
   * @param type of the field, or of the elements of a list
   * @param strategy merge, replace or empty
   * @param mergeKey empty where there is none
   */
  private record Field(ValueType type, String strategy, String mergeKey) {}

  private Field field(ValueType owner, String name) {
    if (!(owner instanceof ValueType.ObjectOf reference)) {
      throw internal(
          "merging an object in json but data type is not struct, at the field \"" + name + "\"");
    }
    ObjectType type = schema.type(reference.type());
    FieldSchema field = type.field(name);
    if (field == null) {
      // As Go's JSON: names that differ in case alone are taken, too.
      field =
          type.fields().values().stream()
              .filter(candidate -> candidate.name().equalsIgnoreCase(name))
              .findFirst()
              .orElse(null);
    }
    if (field == null) {
      throw internal(
          "unable to find api field in struct "
              + type.name()
              + " for the json field \""
              + name
              + "\"");
    }
    String strategy =
        field.patchStrategies().stream()
            .filter(candidate -> !candidate.equals(RETAIN_KEYS))
            .findFirst()
            .orElse("");
    return new Field(field.type(), strategy, Objects.requireNonNullElse(field.patchMergeKey(), ""));
  }

  private Field listField(ValueType owner, String name) {
    Field field = field(owner, name);
    if (!(field.type instanceof ValueType.ListOf list)) {
      throw internal("expected slice or array type, but got: " + field.type + " at " + name);
    }
    return new Field(list.element(), field.strategy, field.mergeKey);
  }

  private static String listName(String directive, String prefix, String message) {
    int slash = directive.indexOf('/');
    if (slash != prefix.length()) {
      throw malformed(message + ": " + directive + " should be " + prefix + "/LIST");
    }
    return directive.substring(slash + 1);
  }

  private static List<JsonNode> list(JsonNode node, String name) {
    if (!node.isArray()) {
      throw internal("expected a list, but received " + node + " at " + name);
    }
    return elements(node);
  }

  private static List<JsonNode> elements(JsonNode list) {
    List<JsonNode> elements = new ArrayList<>(list.size());
    list.forEach(elements::add);
    return elements;
  }

  private static ArrayNode array(List<JsonNode> elements) {
    return JsonNodeFactory.instance.arrayNode(elements.size()).addAll(elements);
  }

  private static boolean isText(JsonNode node, String text) {
    return node.isTextual() && node.textValue().equals(text);
  }

  private static PatchException wrongOrder(List<JsonNode> changes, List<JsonNode> order) {
    return internal(
        "The order in patch list:\n"
            + changes
            + "\n doesn't match $setElementOrder list:\n"
            + order
            + "\n");
  }

  private static PatchException unknownDirective(JsonNode directive, JsonNode patch) {
    return new PatchException(
        PatchException.Reason.INAPPLICABLE,
        "unknown patch type: "
            + directive
            + " in map: "
            + patch
            + "; replace and delete are known");
  }

  private static PatchException malformed(String message) {
    return new PatchException(PatchException.Reason.MALFORMED, message);
  }

  static PatchException internal(String message) {
    return new PatchException(PatchException.Reason.INTERNAL, message);
  }
}

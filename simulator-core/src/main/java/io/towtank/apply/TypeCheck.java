package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.schema.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Whether a document is of its type (typed.Validate). */
final class TypeCheck {
  private final boolean allowDuplicates;
  private final List<String> problems = new ArrayList<>();

  private TypeCheck(boolean allowDuplicates) {
    this.allowDuplicates = allowDuplicates;
  }

  /**
   * What is wrong, nothing where all is right.
   *
   * @param allowDuplicates whether merged lists may repeat an element, as objects may that were
   *     never applied
   */
  static List<String> problems(JsonNode document, MergeType type, boolean allowDuplicates) {
    TypeCheck check = new TypeCheck(allowDuplicates);
    check.check("", document, type);
    return check.problems;
  }

  private void check(String path, JsonNode value, MergeType type) {
    if (value.isNull()) {
      return;
    }
    switch (type.atom(value)) {
      case SCALAR -> checkScalar(path, value, type);
      case LIST, ATOMIC_LIST -> checkList(path, value, type);
      case MAP, ATOMIC_MAP -> checkMap(path, value, type);
    }
  }

  private void checkScalar(String path, JsonNode value, MergeType type) {
    ValueType.Scalar scalar = type.scalar();
    if (scalar == null) {
      return;
    }
    switch (scalar) {
      case STRING, BYTES -> expect(path, value.isTextual(), "string", value);
      case INT32, INT64, NUMBER -> expect(path, value.isNumber(), "numeric (int or float)", value);
      case BOOLEAN -> expect(path, value.isBoolean(), "boolean", value);
      case QUANTITY, INT_OR_STRING, TIME, MICRO_TIME, ANY ->
          expect(path, value.isValueNode(), "any scalar", value);
    }
  }

  private void checkList(String path, JsonNode value, MergeType type) {
    if (!expect(path, value.isArray(), "list", value)) {
      return;
    }
    boolean merged = type.atom(value) == MergeType.Atom.LIST;
    TreeSet<PathElement> seen = new TreeSet<>();
    for (int i = 0; i < value.size(); i++) {
      PathElement element = new PathElement.Index(i);
      if (merged) {
        try {
          element = type.elementOf(value.get(i));
        } catch (IllegalArgumentException e) {
          problems.add(at(path) + "element " + i + ": " + e.getMessage());
          return;
        }
        if (!seen.add(element) && !allowDuplicates) {
          problems.add(at(path) + "duplicate entries for key " + element);
        }
      }
      check(path + element, value.get(i), type.ofElements());
    }
  }

  private void checkMap(String path, JsonNode value, MergeType type) {
    if (!expect(path, value.isObject(), "map", value)) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      String place = path + "." + entry.getKey();
      if (type.hasKnownFieldsOnly() && !type.hasField(entry.getKey())) {
        problems.add(place + ": field not declared in schema");
      } else {
        check(place, entry.getValue(), type.ofEntry(entry.getKey()));
      }
    }
  }

  private boolean expect(String path, boolean right, String expected, JsonNode value) {
    if (!right) {
      problems.add(at(path) + "expected " + expected + ", got " + value);
    }
    return right;
  }

  private static String at(String path) {
    return path.isEmpty() ? "" : path + ": ";
  }
}

package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares two documents.
 *
 * @param presenceOnly fields of which only has to agree whether they are there, wherever they are
 */
record Comparison(ImmutableSet<String> presenceOnly) {
  /** Everything has to agree but the wording of errors. */
  static final Comparison ALL_BUT_WORDING = new Comparison(ImmutableSet.of("error"));

  private static final String NOTHING = "nothing";

  /** All places where the documents differ, in order of the field names. */
  ImmutableList<Difference> differences(JsonNode expected, JsonNode actual) {
    ImmutableList.Builder<Difference> differences = ImmutableList.builder();
    compare("$", expected, actual, differences);
    return differences.build();
  }

  /**
   * What came out, with what needs only be there as expected, so that a diff shows no more than
   * what counts.
   */
  JsonNode aligned(JsonNode expected, JsonNode actual) {
    if (expected.isObject() && actual.isObject()) {
      ObjectNode aligned = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> field : actual.properties()) {
        String name = field.getKey();
        JsonNode expectedValue = expected.path(name);
        aligned.set(
            name,
            presenceOnly.contains(name) && !expectedValue.isMissingNode()
                ? expectedValue
                : aligned(expectedValue, field.getValue()));
      }
      return aligned;
    }
    if (expected.isArray() && actual.isArray()) {
      ArrayNode aligned = JsonNodeFactory.instance.arrayNode();
      for (int i = 0; i < actual.size(); i++) {
        aligned.add(aligned(expected.path(i), actual.get(i)));
      }
      return aligned;
    }
    return actual;
  }

  private void compare(
      String path, JsonNode expected, JsonNode actual, ImmutableList.Builder<Difference> out) {
    if (expected.isObject() && actual.isObject()) {
      Set<String> names = new TreeSet<>();
      expected.fieldNames().forEachRemaining(names::add);
      actual.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        String place = path + (isPlain(name) ? "." + name : "[\"" + name + "\"]");
        JsonNode expectedValue = expected.path(name);
        JsonNode actualValue = actual.path(name);
        if (expectedValue.isMissingNode() || actualValue.isMissingNode()) {
          out.add(new Difference(place, text(expectedValue), text(actualValue)));
        } else if (!presenceOnly.contains(name)) {
          compare(place, expectedValue, actualValue, out);
        }
      }
    } else if (expected.isArray() && actual.isArray()) {
      for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
        String place = path + "[" + i + "]";
        JsonNode expectedValue = expected.path(i);
        JsonNode actualValue = actual.path(i);
        if (expectedValue.isMissingNode() || actualValue.isMissingNode()) {
          out.add(new Difference(place, text(expectedValue), text(actualValue)));
        } else {
          compare(place, expectedValue, actualValue, out);
        }
      }
    } else if (!sameScalar(expected, actual)) {
      out.add(new Difference(path, text(expected), text(actual)));
    }
  }

  private static boolean sameScalar(JsonNode expected, JsonNode actual) {
    if (expected.isNumber() && actual.isNumber()) {
      // 1 and 1.0 are one number, however they were written or are held here.
      return expected.decimalValue().compareTo(actual.decimalValue()) == 0;
    }
    return expected.equals(actual);
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty()
        && name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '$');
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? NOTHING : value.toString();
  }
}

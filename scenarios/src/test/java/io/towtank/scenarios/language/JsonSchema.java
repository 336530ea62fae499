package io.towtank.scenarios.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * As much of JSON Schema as scenario.schema.json uses, so that no library is needed for one test. A
 * keyword that is not known here is an error, not ignored.
 */
final class JsonSchema {
  private static final ImmutableSet<String> SAYS_NOTHING =
      ImmutableSet.of("$schema", "$defs", "title", "description", "examples", "format");

  private final JsonNode root;

  JsonSchema(JsonNode root) {
    this.root = root;
  }

  /** What is wrong with a document, with its place. */
  List<String> problems(JsonNode document) {
    List<String> problems = new ArrayList<>();
    check(root, document, "", problems);
    return problems;
  }

  /** The schema that a reference leads to, or the schema itself. */
  JsonNode resolve(JsonNode schema) {
    JsonNode reference = schema.path("$ref");
    return reference.isMissingNode() ? schema : root.at(reference.asText().substring(1));
  }

  private boolean holds(JsonNode schema, JsonNode value) {
    List<String> problems = new ArrayList<>();
    check(schema, value, "", problems);
    return problems.isEmpty();
  }

  private void check(JsonNode schema, JsonNode value, String at, List<String> problems) {
    for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
      check(schema, keyword.getKey(), keyword.getValue(), value, at, problems);
    }
  }

  private void check(
      JsonNode schema, String keyword, JsonNode is, JsonNode value, String at, List<String> out) {
    switch (keyword) {
      case "$ref" -> check(resolve(schema), value, at, out);
      case "type" -> require(hasType(is, value), at + ": is no " + is, out);
      case "const" -> require(is.equals(value), at + ": is not " + is, out);
      case "enum" -> require(contains(is, value), at + ": is none of " + is, out);
      case "pattern" ->
          require(
              !value.isTextual() || Pattern.compile(is.asText()).matcher(value.asText()).find(),
              at + ": does not match " + is,
              out);
      case "minimum" ->
          require(!value.isNumber() || value.asDouble() >= is.asDouble(), at + ": < " + is, out);
      case "maximum" ->
          require(!value.isNumber() || value.asDouble() <= is.asDouble(), at + ": > " + is, out);
      case "minItems" ->
          require(!value.isArray() || value.size() >= is.asInt(), at + ": too short", out);
      case "required" -> {
        for (JsonNode name : is) {
          require(
              !value.isObject() || value.has(name.asText()), at + ": " + name + " is missing", out);
        }
      }
      case "properties" -> {
        for (Map.Entry<String, JsonNode> property : is.properties()) {
          if (value.has(property.getKey())) {
            check(
                property.getValue(),
                value.get(property.getKey()),
                at + "/" + property.getKey(),
                out);
          }
        }
      }
      case "additionalProperties" -> {
        for (Map.Entry<String, JsonNode> field : value.properties()) {
          if (!schema.path("properties").has(field.getKey())) {
            if (is.isObject()) {
              check(is, field.getValue(), at + "/" + field.getKey(), out);
            } else {
              require(is.asBoolean(), at + "/" + field.getKey() + ": is not known", out);
            }
          }
        }
      }
      case "items" -> {
        for (int i = 0; value.isArray() && i < value.size(); i++) {
          check(is, value.get(i), at + "/" + i, out);
        }
      }
      case "anyOf" -> require(count(is, value) >= 1, at + ": is none of what it may be", out);
      case "allOf" ->
          require(count(is, value) == is.size(), at + ": is not all that it is to be", out);
      case "oneOf" -> require(count(is, value) == 1, at + ": is " + count(is, value), out);
      default -> {
        if (!SAYS_NOTHING.contains(keyword)) {
          throw new IllegalArgumentException(keyword + " is not known to this test");
        }
      }
    }
  }

  private static void require(boolean holds, String problem, List<String> problems) {
    if (!holds) {
      problems.add(problem);
    }
  }

  private int count(JsonNode schemas, JsonNode value) {
    int count = 0;
    for (JsonNode schema : schemas) {
      count += holds(schema, value) ? 1 : 0;
    }
    return count;
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode one : values) {
      if (one.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasType(JsonNode types, JsonNode value) {
    if (types.isArray()) {
      for (JsonNode type : types) {
        if (hasType(type, value)) {
          return true;
        }
      }
      return false;
    }
    return switch (types.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new IllegalArgumentException(types.asText());
    };
  }
}

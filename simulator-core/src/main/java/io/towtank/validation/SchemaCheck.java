package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Quantity;
import io.towtank.api.Timestamps;
import io.towtank.schema.FieldSchema;
import io.towtank.schema.ObjectType;
import io.towtank.schema.Schema;
import io.towtank.schema.ValueType;
import io.towtank.schema.ValueType.Scalar;
import java.time.DateTimeException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds a document against its type, as the API server's strict decoding does and kubectl's
 * validation did: unknown fields, wrong shapes, words that are not allowed, missing fields.
 * Statuses are not searched for missing fields, since nobody writes them by hand.
 */
final class SchemaCheck {
  /** How far around a misplaced field its place is looked for. */
  private static final int SEARCH_DEPTH = 3;

  private final Schema schema;
  private final Function<FieldPath, @Nullable String> wordAt;
  private final List<FieldError> errors;

  /** The objects around the one that is looked at, outermost first. */
  private final Deque<Surrounding> around = new ArrayDeque<>();

  private record Surrounding(ObjectType type, FieldPath path) {}

  private record Candidate(ObjectType type, String way, int depth) {}

  /**
   * A check.
   *
   * @param wordAt how the value at a place was written, where that is known
   * @param errors takes what is found
   */
  SchemaCheck(
      Schema schema, Function<FieldPath, @Nullable String> wordAt, List<FieldError> errors) {
    this.schema = schema;
    this.wordAt = wordAt;
    this.errors = errors;
  }

  /** Checks a document. */
  void check(ObjectType type, JsonNode document) {
    object(type, document, FieldPath.ROOT, true);
  }

  /** Checks a part of a document; nothing is missing where it is absent. */
  void checkPart(ObjectType type, JsonNode part, FieldPath path) {
    if (!part.isMissingNode() && !part.isNull()) {
      object(type, part, path, true);
    }
  }

  private void object(ObjectType type, JsonNode node, FieldPath path, boolean asksForFields) {
    if (!node.isObject()) {
      wrongShape(node, path, "an object");
      return;
    }
    around.addLast(new Surrounding(type, path));
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = entry.getKey();
      FieldPath place = path.field(name);
      FieldSchema field = type.field(name);
      if (field == null) {
        unknown(type, name, place);
      } else if (!entry.getValue().isNull()) {
        boolean isStatus = path.parent() == null && name.equals("status");
        value(field, field.type(), entry.getValue(), place, asksForFields && !isStatus);
      }
    }
    around.removeLast();
    if (asksForFields) {
      for (FieldSchema field : type.fields().values()) {
        JsonNode value = node.path(field.name());
        if (field.required() && (value.isMissingNode() || value.isNull())) {
          errors.add(
              new FieldError(FieldError.Type.REQUIRED, path.field(field.name()), null, "", null));
        }
      }
    }
  }

  private void value(
      FieldSchema field, ValueType type, JsonNode node, FieldPath path, boolean asksForFields) {
    switch (type) {
      case ValueType.ListOf list -> {
        if (!node.isArray()) {
          wrongShape(node, path, "a list");
          return;
        }
        for (int i = 0; i < node.size(); i++) {
          value(field, list.element(), node.get(i), path.item(i), asksForFields);
        }
      }
      case ValueType.MapOf map -> {
        if (!node.isObject()) {
          wrongShape(node, path, "an object");
          return;
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
          if (!entry.getValue().isNull()) {
            value(field, map.element(), entry.getValue(), path.key(entry.getKey()), asksForFields);
          }
        }
      }
      case ValueType.ObjectOf object ->
          object(schema.type(object.type()), node, path, asksForFields);
      case Scalar scalar -> scalar(scalar, field.words(), node, path);
    }
  }

  private void scalar(Scalar type, ImmutableSet<String> words, JsonNode node, FieldPath path) {
    boolean fits =
        switch (type) {
          case STRING, BYTES, TIME, MICRO_TIME -> node.isTextual();
          case INT32, INT64 -> node.isIntegralNumber();
          case NUMBER -> node.isNumber();
          case BOOLEAN -> node.isBoolean();
          case QUANTITY -> node.isTextual() || node.isNumber();
          case INT_OR_STRING -> node.isTextual() || node.isIntegralNumber();
          case ANY -> true;
        };
    if (!fits) {
      wrongShape(node, path, type.description());
      return;
    }
    if (type == Scalar.STRING) {
      if (!words.isEmpty() && !node.textValue().isEmpty() && !words.contains(node.textValue())) {
        errors.add(Subject.unsupported(path, node, words));
      }
    } else if ((type == Scalar.INT32 || type == Scalar.INT_OR_STRING)
        && node.isNumber()
        && !node.canConvertToInt()) {
      invalid(node, path, "does not fit in 32 bits");
    } else if (type == Scalar.INT64 && !node.canConvertToLong()) {
      invalid(node, path, "does not fit in 64 bits");
    } else if (!isReadable(type, node)) {
      invalid(node, path, "is not " + type.description());
    }
  }

  private static boolean isReadable(Scalar type, JsonNode node) {
    try {
      switch (type) {
        case QUANTITY -> Quantity.parse(node.asText());
        case TIME, MICRO_TIME -> Timestamps.parse(node.textValue());
        case BYTES -> Base64.getMimeDecoder().decode(node.textValue());
        default -> {}
      }
      return true;
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      return false;
    }
  }

  private void invalid(JsonNode node, FieldPath path, String detail) {
    errors.add(new FieldError(FieldError.Type.INVALID, path, node, detail, null));
  }

  private void wrongShape(JsonNode node, FieldPath path, String expected) {
    WrongShape wrong =
        WrongShape.of(
            node, expected, node.isTextual() || node.isContainerNode() ? null : wordAt.apply(path));
    errors.add(
        new FieldError(
            FieldError.Type.WRONG_SHAPE, path, node, wrong.message(), wrong.suggestion()));
  }

  private void unknown(ObjectType type, String name, FieldPath path) {
    String closest = DidYouMean.closest(name, type.fields().keySet());
    String advice;
    if (closest != null) {
      advice = "did you mean \"" + closest + "\"?";
    } else {
      String place = placeOf(name);
      advice =
          place == null
              ? DidYouMean.advice(name, type.fields().keySet())
              : "it belongs in " + place;
    }
    errors.add(
        new FieldError(
            FieldError.Type.UNKNOWN_FIELD, path, null, "unknown field \"" + name + "\"", advice));
  }

  /** Where a field of that name would be known: further in, or further out. */
  private @Nullable String placeOf(String name) {
    Surrounding here = around.getLast();
    String prefix = here.path.toString();
    Deque<Candidate> candidates = new ArrayDeque<>();
    candidates.add(new Candidate(here.type, prefix, 0));
    while (!candidates.isEmpty()) {
      Candidate candidate = candidates.remove();
      if (candidate.depth > 0 && candidate.type.field(name) != null) {
        return candidate.way;
      }
      if (candidate.depth < SEARCH_DEPTH) {
        for (FieldSchema field : candidate.type.fields().values()) {
          ObjectType inner = schema.type(field);
          // What is written by hand is in the spec.
          if (inner != null && !field.name().equals("status") && !field.name().equals("metadata")) {
            String way =
                candidate.way.isEmpty() ? field.name() : candidate.way + "." + field.name();
            candidates.add(
                new Candidate(
                    inner,
                    field.type() instanceof ValueType.ListOf ? way + "[]" : way,
                    candidate.depth + 1));
          }
        }
      }
    }
    for (Surrounding outer : (Iterable<Surrounding>) around::descendingIterator) {
      if (outer.type.field(name) != null && outer.path.parent() != null) {
        return outer.path.toString();
      }
    }
    return null;
  }
}

package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Quantity;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document that rules look at. What has the wrong shape reads as absent: the schema
 * has complained of it already.
 */
final class Subject {
  private final FieldPath path;
  private final JsonNode node;
  private final List<FieldError> errors;

  private Subject(FieldPath path, JsonNode node, List<FieldError> errors) {
    this.path = path;
    this.node = node;
    this.errors = errors;
  }

  static Subject of(JsonNode document, List<FieldError> errors) {
    return new Subject(FieldPath.ROOT, document, errors);
  }

  JsonNode node() {
    return node;
  }

  /** A field of the object here, or of one in it. */
  Subject at(String... names) {
    FieldPath place = path;
    JsonNode inside = node;
    for (String name : names) {
      place = place.field(name);
      inside = inside.path(name);
    }
    return new Subject(place, inside, errors);
  }

  ImmutableList<Subject> items() {
    ImmutableList.Builder<Subject> items = ImmutableList.builder();
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        items.add(new Subject(path.item(i), node.get(i), errors));
      }
    }
    return items.build();
  }

  /** The values of the map here. */
  ImmutableMap<String, Subject> entries() {
    ImmutableMap.Builder<String, Subject> entries = ImmutableMap.builder();
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        entries.put(
            entry.getKey(), new Subject(path.key(entry.getKey()), entry.getValue(), errors));
      }
    }
    return entries.buildOrThrow();
  }

  /** Whether anything but null is here. */
  boolean isPresent() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Whether nothing is here, or something without content. */
  boolean isEmpty() {
    return !isPresent()
        || (node.isContainerNode() && node.isEmpty())
        || (node.isTextual() && node.textValue().isEmpty());
  }

  /** The text here, empty where there is none. */
  String text() {
    return node.isTextual() ? node.textValue() : "";
  }

  boolean is(String text) {
    return node.isTextual() && node.textValue().equals(text);
  }

  /** The whole number here, null where there is none. */
  @Nullable Long whole() {
    return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : null;
  }

  long whole(long fallback) {
    Long number = whole();
    return number == null ? fallback : number;
  }

  boolean isTrue() {
    return node.isBoolean() && node.booleanValue();
  }

  /** The quantity here, null where there is none. */
  @Nullable Quantity quantity() {
    if (!node.isTextual() && !node.isNumber()) {
      return null;
    }
    try {
      return Quantity.parse(node.asText());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  // What is wrong with it.

  void required(String detail) {
    errors.add(new FieldError(FieldError.Type.REQUIRED, path, null, detail, null));
  }

  /** Complains that the map here lacks a key. */
  void requiredKey(String key) {
    errors.add(new FieldError(FieldError.Type.REQUIRED, path.key(key), null, "", null));
  }

  /** Complains where nothing is here. */
  void requirePresent() {
    if (isEmpty()) {
      required("");
    }
  }

  void invalid(String detail) {
    invalid(detail, null);
  }

  void invalid(String detail, @Nullable String suggestion) {
    errors.add(new FieldError(FieldError.Type.INVALID, path, node, detail, suggestion));
  }

  /** Complains of a key of the map here where a check finds something wrong with it. */
  void requireKey(String key, NameCheck check) {
    for (String problem : check.problems(key)) {
      invalidKey(key, problem);
    }
  }

  /** Complains of a key of the map here. */
  void invalidKey(String key, String detail) {
    errors.add(
        new FieldError(
            FieldError.Type.INVALID, path, path.key(key), new TextNode(key), detail, null));
  }

  void duplicate() {
    duplicate(node.isMissingNode() ? null : node);
  }

  void duplicate(@Nullable JsonNode value) {
    errors.add(new FieldError(FieldError.Type.DUPLICATE, path, value, "", null));
  }

  void notFound(Collection<String> known) {
    errors.add(
        new FieldError(
            FieldError.Type.NOT_FOUND, path, node, "", DidYouMean.advice(text(), known)));
  }

  void forbidden(String detail) {
    errors.add(new FieldError(FieldError.Type.FORBIDDEN, path, null, detail, null));
  }

  void tooLong(int most) {
    errors.add(
        new FieldError(
            FieldError.Type.TOO_LONG, path, node, "may not be more than " + most + " bytes", null));
  }

  /** Complains of a word that is not one of those allowed. */
  void unsupported(Collection<String> allowed) {
    errors.add(unsupported(path, node, allowed));
  }

  static FieldError unsupported(FieldPath path, JsonNode node, Collection<String> allowed) {
    String closest = DidYouMean.closest(node.asText(), allowed);
    return new FieldError(
        FieldError.Type.UNSUPPORTED,
        path,
        node,
        "supported values: "
            + allowed.stream()
                .sorted()
                .map(word -> '"' + word + '"')
                .collect(Collectors.joining(", ")),
        closest == null ? null : "did you mean \"" + closest + "\"?");
  }

  /** Complains of a negative number. */
  void requireNonNegative() {
    Long number = whole();
    if (number != null && number < 0) {
      invalid("must be greater than or equal to 0");
    }
  }

  /** Complains of a number outside a range. */
  void requireBetween(long least, long most) {
    Long number = whole();
    if (number != null && (number < least || number > most)) {
      invalid("must be between " + least + " and " + most + ", inclusive");
    }
  }

  /** Complains of the text here where a check finds something wrong with it. */
  void require(NameCheck check) {
    if (node.isTextual()) {
      for (String problem : check.problems(text())) {
        invalid(problem, check.suggestion(text()));
      }
    }
  }
}

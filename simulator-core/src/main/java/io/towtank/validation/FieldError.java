package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong with a field (apimachinery: field.Error).
 *
 * @param type what sort of mistake it is
 * @param path the field as Kubernetes names it in messages
 * @param place the field where it is in the document; mostly the same
 * @param value the value at fault, null where the mistake is not about one
 * @param detail what is wrong, in Kubernetes' words where it has some; may be empty
 * @param suggestion what would be right, null where nobody knows
 */
public record FieldError(
    Type type,
    FieldPath path,
    FieldPath place,
    @Nullable JsonNode value,
    String detail,
    @Nullable String suggestion) {
  /** With a field that Kubernetes names as it is in the document. */
  FieldError(
      Type type,
      FieldPath path,
      @Nullable JsonNode value,
      String detail,
      @Nullable String suggestion) {
    this(type, path, path, value, detail, suggestion);
  }

  /** The sorts of mistakes. */
  public enum Type {
    /** A field that the type does not have. */
    UNKNOWN_FIELD(""),
    /** A value of another shape than the field's. */
    WRONG_SHAPE(""),
    REQUIRED("Required value"),
    INVALID("Invalid value"),
    DUPLICATE("Duplicate value"),
    UNSUPPORTED("Unsupported value"),
    FORBIDDEN("Forbidden"),
    NOT_FOUND("Not found"),
    TOO_LONG("Too long");

    private final String title;

    Type(String title) {
      this.title = title;
    }
  }

  /** Whether it is the field's value that is at fault, and not that the field is there or not. */
  public boolean concernsValue() {
    return switch (type) {
      case UNKNOWN_FIELD, REQUIRED, FORBIDDEN -> false;
      case WRONG_SHAPE, INVALID, DUPLICATE, UNSUPPORTED, NOT_FOUND, TOO_LONG -> true;
    };
  }

  /**
   * What Kubernetes prints after the path, as in {@code Invalid value: -1: must be greater than or
   * equal to 0}.
   */
  public String message() {
    StringBuilder message = new StringBuilder(type.title);
    boolean showsValue = concernsValue() && type != Type.WRONG_SHAPE && type != Type.TOO_LONG;
    if (showsValue && value != null) {
      message.append(": ").append(value);
    }
    if (!detail.isEmpty()) {
      message.append(message.isEmpty() ? "" : ": ").append(detail);
    }
    return message.toString();
  }

  @Override
  public String toString() {
    return path + ": " + message() + (suggestion == null ? "" : "; " + suggestion);
  }
}

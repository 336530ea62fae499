package io.towtank.schema;

/** The type of a field's value. */
public sealed interface ValueType {
  /** Values without parts, and values of any shape. */
  enum Scalar implements ValueType {
    STRING("a text"),
    /** Bytes, in base64. */
    BYTES("a text in base64"),
    INT32("a whole number"),
    INT64("a whole number"),
    NUMBER("a number"),
    BOOLEAN("true or false"),
    QUANTITY("a quantity, as in 500m or 2Gi"),
    INT_OR_STRING("a whole number or a text, as in 3 or \"25%\""),
    /** RFC 3339, in seconds. */
    TIME("a time, as in 2026-01-31T15:04:05Z"),
    /** RFC 3339, in microseconds. */
    MICRO_TIME("a time, as in 2026-01-31T15:04:05.000000Z"),
    /** Anything. */
    ANY("any value");

    private final String description;

    Scalar(String description) {
      this.description = description;
    }

    /** In words, as in "a whole number". */
    public String description() {
      return description;
    }
  }

  /** A list. */
  record ListOf(ValueType element) implements ValueType {}

  /** An object whose field names are free. */
  record MapOf(ValueType element) implements ValueType {}

  /**
   * An object with known fields.
   *
   * @param type the name of its type, as in {@code core/v1.Container}
   */
  record ObjectOf(String type) implements ValueType {}

  /** The innermost type: that of a list's elements or a map's values. */
  default ValueType innermost() {
    return switch (this) {
      case ListOf list -> list.element.innermost();
      case MapOf map -> map.element.innermost();
      case Scalar scalar -> scalar;
      case ObjectOf object -> object;
    };
  }
}

package io.towtank.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is wrong with one field of an object, worded as Kubernetes words it (apimachinery:
 * field.Error).
 *
 * @param path where the field is, as in {@code spec.selector.matchExpressions[0].key}
 * @param problem what kind of problem it is, with the value where that matters
 * @param detail what would be right, may be empty
 */
public record FieldError(String path, String problem, String detail) {
  /** A value that breaks a rule. */
  public static FieldError invalid(String path, String value, String detail) {
    return new FieldError(path, "Invalid value: " + quoted(value), detail);
  }

  /** All errors in one message: one by itself, several in brackets, each different one once. */
  public static String message(List<FieldError> errors) {
    Set<String> messages = new LinkedHashSet<>();
    errors.forEach(error -> messages.add(error.toString()));
    return messages.size() == 1
        ? messages.iterator().next()
        : "[" + String.join(", ", messages) + "]";
  }

  /** The message. */
  @Override
  public String toString() {
    return path + ": " + problem + (detail.isEmpty() ? "" : ": " + detail);
  }

  /** In double quotes, with escapes, as Go's %q. */
  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            quoted.append(String.format("\\x%02x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}

package io.towtank.manifest;

import org.jspecify.annotations.Nullable;

/**
 * Something wrong in a file.
 *
 * @param source the file's name
 * @param line counted from 1
 * @param column counted from 1
 * @param path where in the document, as in {@code spec.containers[0].image}; empty for the whole
 * @param message what is wrong
 * @param suggestion what would be right, null where nobody knows
 */
public record Problem(
    String source, int line, int column, String path, String message, @Nullable String suggestion) {
  /** One line: {@code app.yaml:7:3: spec.replica: unknown field; did you mean "replicas"?}. */
  @Override
  public String toString() {
    return source
        + ":"
        + line
        + ":"
        + column
        + ": "
        + (path.isEmpty() ? "" : path + ": ")
        + message
        + (suggestion == null ? "" : "; " + suggestion);
  }
}

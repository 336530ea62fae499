package io.towtank.manifest;

/**
 * Something about a file that its author should know, though it works.
 *
 * @param source the file's name
 * @param line counted from 1
 * @param column counted from 1
 * @param message what it is
 */
public record Note(String source, int line, int column, String message) {
  /** One line: {@code app.yaml:1:1: extensions/v1beta1 Ingress is read as ...}. */
  @Override
  public String toString() {
    return source + ":" + line + ":" + column + ": " + message;
  }
}

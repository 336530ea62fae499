package io.towtank.stage;

/** A template cannot be read, or cannot be run on an object. */
final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int line;

  /**
   * A problem.
   *
   * @param line in the template, counted from 1
   */
  TemplateException(int line, String message) {
    super(message);
    this.line = line;
  }

  int line() {
    return line;
  }
}

package io.towtank.codec;

import org.jspecify.annotations.Nullable;

/** A document does not have the shape that its kind asks for. */
public final class MalformedDocumentException extends RuntimeException {
  private final String path;
  private final String problem;

  /**
   * A problem at a place.
   *
   * @param path the place in the document, as in {@code spec.containers[0].image}, empty for the
   *     whole
   */
  public MalformedDocumentException(String path, String problem) {
    this(path, problem, null);
  }

  private MalformedDocumentException(String path, String problem, @Nullable Throwable cause) {
    super(path.isEmpty() ? problem : path + ": " + problem, cause);
    this.path = path;
    this.problem = problem;
  }

  /** The place in the document, as in {@code spec.containers[0].image}, empty for the whole. */
  public String path() {
    return path;
  }

  /** What is wrong there. */
  public String problem() {
    return problem;
  }

  /** The same problem, seen from the object that holds the document in a field. */
  MalformedDocumentException inField(String field) {
    String separator = path.isEmpty() || path.startsWith("[") ? "" : ".";
    return new MalformedDocumentException(field + separator + path, problem, this);
  }

  /** The same problem, seen from the list that holds the document. */
  MalformedDocumentException inItem(int index) {
    return inField("[" + index + "]");
  }
}

package io.towtank.patch;

/** A patch that cannot be applied, and why. */
public final class PatchException extends RuntimeException {
  /** What the API server answers. */
  public enum Reason {
    /** The patch is none of its type: 400 BadRequest. */
    MALFORMED,
    /** The object is not as the patch wants it: 422 Invalid. */
    INAPPLICABLE,
    /** Such patches are not taken for the kind: 415 UnsupportedMediaType. */
    UNSUPPORTED,
    /** The patch goes against the kind's schema, for which upstream has no better word: 500. */
    INTERNAL
  }

  private final Reason reason;

  PatchException(Reason reason, String message) {
    // Without a stack trace: a refusal is an answer, not a bug.
    super(message, null, false, false);
    this.reason = reason;
  }

  /** What kind of refusal it is. */
  public Reason reason() {
    return reason;
  }
}

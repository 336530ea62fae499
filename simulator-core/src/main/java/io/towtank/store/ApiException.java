package io.towtank.store;

/** Why the API refused a request, in its own terms. */
public final class ApiException extends RuntimeException {
  /** The reason as a Status bears it, with its HTTP code. */
  public enum Reason {
    BAD_REQUEST("BadRequest", 400),
    FORBIDDEN("Forbidden", 403),
    NOT_FOUND("NotFound", 404),
    ALREADY_EXISTS("AlreadyExists", 409),
    CONFLICT("Conflict", 409),
    EXPIRED("Expired", 410),
    INVALID("Invalid", 422),
    TOO_MANY_REQUESTS("TooManyRequests", 429),
    INTERNAL_ERROR("InternalError", 500),
    SERVER_TIMEOUT("ServerTimeout", 500);

    private final String text;
    private final int code;

    Reason(String text, int code) {
      this.text = text;
      this.code = code;
    }

    /** The HTTP status code. */
    public int code() {
      return code;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final Reason reason;

  /** A refusal with the message that a client sees. */
  public ApiException(Reason reason, String message) {
    // Without a stack trace: a refusal is an answer, not a bug, and conflicts are common.
    super(message, null, false, false);
    this.reason = reason;
  }

  /** What kind of refusal it is. */
  public Reason reason() {
    return reason;
  }
}

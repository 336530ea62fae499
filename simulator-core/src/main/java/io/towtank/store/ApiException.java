package io.towtank.store;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import org.jspecify.annotations.Nullable;

/**
 * Why the API refused a request, in its own terms: reasons, codes and words are those of {@code
 * k8s.io/apimachinery/pkg/api/errors}.
 */
public final class ApiException extends RuntimeException {
  /** The reason as a Status bears it, with its HTTP code. */
  public enum Reason {
    BAD_REQUEST("BadRequest", 400),
    FORBIDDEN("Forbidden", 403),
    NOT_FOUND("NotFound", 404),
    METHOD_NOT_ALLOWED("MethodNotAllowed", 405),
    ALREADY_EXISTS("AlreadyExists", 409),
    CONFLICT("Conflict", 409),
    EXPIRED("Expired", 410),
    UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType", 415),
    INVALID("Invalid", 422),
    TOO_MANY_REQUESTS("TooManyRequests", 429),
    INTERNAL_ERROR("InternalError", 500),
    SERVER_TIMEOUT("ServerTimeout", 500),
    TIMEOUT("Timeout", 504);

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

  /** Of a pod that exists, hardly anything may change (ValidatePodUpdate). */
  public static final String POD_UPDATE =
      "spec: Forbidden: pod updates may not change fields other than"
          + " `spec.containers[*].image`,`spec.initContainers[*].image`,"
          + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
          + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
          + " previously negative)";

  private final Reason reason;
  private final @Nullable String continueToken;
  private final int retryAfterSeconds;
  private final boolean awaited;

  /** A refusal with the message that a client sees. */
  public ApiException(Reason reason, String message) {
    this(reason, message, null, 0);
  }

  private ApiException(
      Reason reason, String message, @Nullable String continueToken, int retryAfterSeconds) {
    this(reason, message, continueToken, retryAfterSeconds, false);
  }

  private ApiException(
      Reason reason,
      String message,
      @Nullable String continueToken,
      int retryAfterSeconds,
      boolean awaited) {
    // Without a stack trace: a refusal is an answer, not a bug, and conflicts are common.
    super(message, null, false, false);
    this.reason = reason;
    this.continueToken = continueToken;
    this.retryAfterSeconds = retryAfterSeconds;
    this.awaited = awaited;
  }

  /** There is no object of that name. */
  public static ApiException notFound(Kind<?> kind, String name) {
    return new ApiException(Reason.NOT_FOUND, resource(kind) + " \"" + name + "\" not found");
  }

  /** There is an object of that name already. */
  public static ApiException alreadyExists(Kind<?> kind, String name) {
    return new ApiException(
        Reason.ALREADY_EXISTS, resource(kind) + " \"" + name + "\" already exists");
  }

  /** The request cannot be reconciled with what is stored. */
  public static ApiException conflict(Kind<?> kind, String name, String why) {
    return conflict(resource(kind), name, why);
  }

  /**
   * As {@link #conflict(Kind, String, String)}.
   *
   * @param resource as messages call it, as in {@code pods/binding}
   */
  static ApiException conflict(String resource, String name, String why) {
    return new ApiException(
        Reason.CONFLICT,
        "Operation cannot be fulfilled on " + resource + " \"" + name + "\": " + why);
  }

  /** Somebody has written the object since it was read. */
  public static ApiException modified(Kind<?> kind, String name) {
    return conflict(
        kind,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  /**
   * Admission refuses an object. Where its name is still to be generated, generateName stands for
   * it (apiserver: admission/errors.go).
   */
  public static ApiException forbidden(KubeObject object, String why) {
    String name = object.name();
    String generateName = object.metadata().generateName();
    if (name.isEmpty()) {
      name = generateName == null || generateName.isEmpty() ? "Unknown" : generateName;
    }
    return new ApiException(
        Reason.FORBIDDEN, resource(object.kind()) + " \"" + name + "\" is forbidden: " + why);
  }

  /** A field has a value that it must not have; {@code what} begins with the field's path. */
  public static ApiException invalid(KubeObject object, String what) {
    return new ApiException(
        Reason.INVALID, object.kind() + " \"" + object.name() + "\" is invalid: " + what);
  }

  /** As {@link #invalid(KubeObject, String)}, of several fields (apimachinery: NewInvalid). */
  public static ApiException invalid(KubeObject object, ImmutableList<String> what) {
    return invalid(
        object, what.size() == 1 ? what.getFirst() : "[" + String.join(", ", what) + "]");
  }

  /** Not now; later it may be allowed. */
  public static ApiException tooManyRequests(String message, int retryAfterSeconds) {
    return new ApiException(Reason.TOO_MANY_REQUESTS, message, null, retryAfterSeconds);
  }

  /** A list or its continuation asks for what history no longer has. */
  static ApiException expired(String message, @Nullable String continueToken) {
    return new ApiException(Reason.EXPIRED, message, continueToken, 0);
  }

  /** A watch asks for what history no longer has. */
  static ApiException tooOldRevision(long revision, long oldest) {
    return new ApiException(
        Reason.EXPIRED, "too old resource version: " + revision + " (" + oldest + ")");
  }

  /** A request asks for a revision that is still to come. */
  static ApiException tooLargeRevision(long revision, long current) {
    return new ApiException(
        Reason.TIMEOUT, "Too large resource version: " + revision + ", current: " + current);
  }

  /** What kind of refusal it is. */
  public Reason reason() {
    return reason;
  }

  /**
   * Where a list has expired on the way: a token that continues it with the objects as they are
   * now; null elsewhere.
   */
  public @Nullable String continueToken() {
    return continueToken;
  }

  /** After how many seconds the client may ask again; 0 where that is not said. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** This refusal of something that is awaited. */
  public ApiException awaited() {
    return new ApiException(
        reason, String.valueOf(getMessage()), continueToken, retryAfterSeconds, true);
  }

  /**
   * Whether the API server looks a few times more, for about a second, before it answers with this:
   * somebody is about to make what is missing.
   */
  public boolean isAwaited() {
    return awaited;
  }

  /** A resource as messages call it: {@code pods}, {@code deployments.apps}. */
  private static String resource(Kind<?> kind) {
    return kind.group().isEmpty() ? kind.plural() : kind.plural() + "." + kind.group();
  }
}

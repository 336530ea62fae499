package io.towtank.apply;

import com.google.common.collect.ImmutableList;

/** Why something cannot be applied. */
public final class ApplyException extends RuntimeException {
  /** What the API server answers. */
  public enum Reason {
    /** The request is none that could be applied: 400 BadRequest. */
    BAD_REQUEST,
    /** Other managers want other values: 409 Conflict. */
    CONFLICT,
    /** The document goes against the kind's schema, for which upstream has no better word: 500. */
    INTERNAL
  }

  /**
   * A field that another manager has with another value.
   *
   * @param manager as messages name it: {@code "name"}, or {@code "name" using apps/v1}
   * @param field as in {@code .spec.replicas}
   */
  public record Conflict(String manager, String field) {}

  private final Reason reason;
  private final ImmutableList<Conflict> conflicts;

  ApplyException(Reason reason, String message) {
    this(reason, message, ImmutableList.of());
  }

  ApplyException(Reason reason, String message, ImmutableList<Conflict> conflicts) {
    // Without a stack trace: a refusal is an answer, not a bug.
    super(message, null, false, false);
    this.reason = reason;
    this.conflicts = conflicts;
  }

  /** What kind of refusal it is. */
  public Reason reason() {
    return reason;
  }

  /** The fields in conflict, by manager. */
  public ImmutableList<Conflict> conflicts() {
    return conflicts;
  }
}

package io.towtank.store;

import io.towtank.api.Uid;
import org.jspecify.annotations.Nullable;

/**
 * How an object is deleted.
 *
 * @param gracePeriodSeconds for pods; null for the pod's own
 * @param propagation what becomes of dependents; null for what the object's finalizers or else its
 *     kind say
 * @param preconditionUid only where the object has this uid, null for any
 * @param preconditionRevision only where the object is at this revision, 0 for any
 */
public record DeleteOptions(
    @Nullable Long gracePeriodSeconds,
    @Nullable Propagation propagation,
    @Nullable Uid preconditionUid,
    long preconditionRevision) {
  /** What becomes of an object's dependents. */
  public enum Propagation {
    /** They are deleted after it. */
    BACKGROUND,
    /** It is deleted after those that block it. */
    FOREGROUND,
    /** They stay, and no longer name it as their owner. */
    ORPHAN
  }

  /** With the object's own grace period, dependents after it. */
  public static final DeleteOptions DEFAULT = new DeleteOptions(null, Propagation.BACKGROUND, null);

  /** At once. */
  public static final DeleteOptions NOW = new DeleteOptions(0L, Propagation.BACKGROUND, null);

  /** Whatever the object's revision. */
  public DeleteOptions(
      @Nullable Long gracePeriodSeconds,
      @Nullable Propagation propagation,
      @Nullable Uid preconditionUid) {
    this(gracePeriodSeconds, propagation, preconditionUid, 0);
  }
}

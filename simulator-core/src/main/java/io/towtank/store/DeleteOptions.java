package io.towtank.store;

import io.towtank.api.Uid;
import org.jspecify.annotations.Nullable;

/**
 * How an object is deleted.
 *
 * @param gracePeriodSeconds for pods; null for the pod's own
 * @param propagation what becomes of dependents
 * @param preconditionUid only where the object has this uid, null for any
 */
public record DeleteOptions(
    @Nullable Long gracePeriodSeconds, Propagation propagation, @Nullable Uid preconditionUid) {
  /** What becomes of an object's dependents. */
  public enum Propagation {
    BACKGROUND,
    FOREGROUND,
    ORPHAN
  }

  /** With the object's own grace period, dependents after it. */
  public static final DeleteOptions DEFAULT = new DeleteOptions(null, Propagation.BACKGROUND, null);

  /** At once. */
  public static final DeleteOptions NOW = new DeleteOptions(0L, Propagation.BACKGROUND, null);
}

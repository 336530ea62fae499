package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Pods of a Job that have ended and are not in its counters yet, since their finalizer is still to
 * be removed (KEP-2307).
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record UncountedTerminatedPods(
    ImmutableList<Uid> succeeded, ImmutableList<Uid> failed, Fields rest) {
  /** No pods. */
  public static final UncountedTerminatedPods NONE =
      new UncountedTerminatedPods(ImmutableList.of(), ImmutableList.of(), Fields.NONE);

  public UncountedTerminatedPods {
    succeeded = succeeded == null ? ImmutableList.of() : succeeded;
    failed = failed == null ? ImmutableList.of() : failed;
    rest = rest == null ? Fields.NONE : rest;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return succeeded.isEmpty() && failed.isEmpty();
  }
}

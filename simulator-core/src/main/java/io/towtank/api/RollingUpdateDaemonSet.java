package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many nodes may lack the pod, or have two, during an update.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record RollingUpdateDaemonSet(
    @Nullable IntOrString maxUnavailable, @Nullable IntOrString maxSurge, Fields rest) {
  public RollingUpdateDaemonSet {
    rest = rest == null ? Fields.NONE : rest;
  }
}

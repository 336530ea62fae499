package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * RollingUpdate or OnDelete.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record DaemonSetUpdateStrategy(
    @Nullable String type, @Nullable RollingUpdateDaemonSet rollingUpdate, Fields rest) {
  public DaemonSetUpdateStrategy {
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Why a container does not run yet.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerStateWaiting(
    @Nullable String reason, @Nullable String message, Fields rest) {
  public ContainerStateWaiting {
    rest = rest == null ? Fields.NONE : rest;
  }
}

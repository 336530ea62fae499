package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Exactly one of waiting, running and terminated.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerState(
    @Nullable ContainerStateWaiting waiting,
    @Nullable ContainerStateRunning running,
    @Nullable ContainerStateTerminated terminated,
    Fields rest) {
  public ContainerState {
    rest = rest == null ? Fields.NONE : rest;
  }
}

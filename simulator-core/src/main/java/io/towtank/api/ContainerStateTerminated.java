package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How a container ended.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerStateTerminated(
    int exitCode,
    @Nullable Integer signal,
    @Nullable String reason,
    @Nullable String message,
    @Rfc3339 long startedAt,
    @Rfc3339 long finishedAt,
    @Nullable String containerID,
    Fields rest) {
  public ContainerStateTerminated {
    rest = rest == null ? Fields.NONE : rest;
  }
}

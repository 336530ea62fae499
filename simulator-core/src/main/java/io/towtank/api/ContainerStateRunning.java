package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Since when a container runs.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerStateRunning(@Rfc3339 long startedAt, Fields rest) {
  public ContainerStateRunning {
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A port that a container listens on.
 *
 * @param protocol TCP, UDP or SCTP
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerPort(
    @Nullable String name,
    @Nullable Integer hostPort,
    int containerPort,
    @Nullable String protocol,
    @Nullable String hostIP,
    Fields rest) {
  public ContainerPort {
    rest = rest == null ? Fields.NONE : rest;
  }
}

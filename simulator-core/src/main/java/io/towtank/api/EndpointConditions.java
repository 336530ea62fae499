package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Whether an endpoint takes traffic.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record EndpointConditions(
    @Nullable Boolean ready,
    @Nullable Boolean serving,
    @Nullable Boolean terminating,
    Fields rest) {
  public EndpointConditions {
    rest = rest == null ? Fields.NONE : rest;
  }
}

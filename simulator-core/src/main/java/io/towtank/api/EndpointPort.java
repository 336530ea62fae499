package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A port of all endpoints of a slice.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record EndpointPort(
    @Nullable String name,
    @Nullable String protocol,
    @Nullable Integer port,
    @Nullable String appProtocol,
    Fields rest) {
  public EndpointPort {
    rest = rest == null ? Fields.NONE : rest;
  }
}

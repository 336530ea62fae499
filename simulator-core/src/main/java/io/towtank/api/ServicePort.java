package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A port of a service.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ServicePort(
    @Nullable String name,
    @Nullable String protocol,
    int port,
    @Nullable IntOrString targetPort,
    @Nullable Integer nodePort,
    @Nullable String appProtocol,
    Fields rest) {
  public ServicePort {
    rest = rest == null ? Fields.NONE : rest;
  }
}

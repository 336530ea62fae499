package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An address behind a service.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Endpoint(
    ImmutableList<String> addresses,
    @Nullable EndpointConditions conditions,
    @Nullable String hostname,
    @Nullable ObjectReference targetRef,
    @Nullable String nodeName,
    @Nullable String zone,
    @Nullable EndpointHints hints,
    Fields rest) {
  public Endpoint {
    addresses = addresses == null ? ImmutableList.of() : addresses;
    rest = rest == null ? Fields.NONE : rest;
  }
}

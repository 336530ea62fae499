package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Which component tells of an event.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record EventSource(@Nullable String component, @Nullable String host, Fields rest) {
  public EventSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

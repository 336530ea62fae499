package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Names an object of some API version.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CrossVersionObjectReference(
    @Nullable String apiVersion, String kind, String name, Fields rest) {
  public CrossVersionObjectReference {
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Names another object.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ObjectReference(
    @Nullable String apiVersion,
    @Nullable String kind,
    @Nullable String namespace,
    @Nullable String name,
    @Nullable Uid uid,
    @Nullable String resourceVersion,
    @Nullable String fieldPath,
    Fields rest) {
  public ObjectReference {
    rest = rest == null ? Fields.NONE : rest;
  }
}

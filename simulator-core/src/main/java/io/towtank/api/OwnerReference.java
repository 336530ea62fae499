package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Whose dependent an object is; the garbage collector deletes it with its owners.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record OwnerReference(
    String apiVersion,
    String kind,
    String name,
    Uid uid,
    @Nullable Boolean controller,
    @Nullable Boolean blockOwnerDeletion,
    Fields rest) {
  public OwnerReference {
    rest = rest == null ? Fields.NONE : rest;
  }
}

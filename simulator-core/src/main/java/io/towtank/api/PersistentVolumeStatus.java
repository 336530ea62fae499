package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Available, Bound, Released …
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolumeStatus(
    @Nullable String phase, @Nullable String reason, @Nullable String message, Fields rest) {
  public PersistentVolumeStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}

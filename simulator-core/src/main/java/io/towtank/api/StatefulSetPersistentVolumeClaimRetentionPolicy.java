package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of claims: Retain or Delete.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record StatefulSetPersistentVolumeClaimRetentionPolicy(
    @Nullable String whenDeleted, @Nullable String whenScaled, Fields rest) {
  public StatefulSetPersistentVolumeClaimRetentionPolicy {
    rest = rest == null ? Fields.NONE : rest;
  }
}

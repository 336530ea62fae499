package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Points a volume at a claim.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolumeClaimVolumeSource(
    String claimName, @Nullable Boolean readOnly, Fields rest) {
  public PersistentVolumeClaimVolumeSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

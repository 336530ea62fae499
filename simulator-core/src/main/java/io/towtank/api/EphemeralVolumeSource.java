package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Has a claim made for the pod, which goes with it (KEP-1698).
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record EphemeralVolumeSource(
    @Nullable PersistentVolumeClaimTemplate volumeClaimTemplate, Fields rest) {
  public EphemeralVolumeSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}

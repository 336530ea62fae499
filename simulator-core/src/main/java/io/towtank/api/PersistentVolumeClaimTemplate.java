package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What the claim of a volume that lives as long as its pod is made from.
 *
 * @param metadata of which labels and annotations are taken over
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolumeClaimTemplate(
    @Nullable ObjectMeta metadata, PersistentVolumeClaimSpec spec, Fields rest) {
  public PersistentVolumeClaimTemplate {
    rest = rest == null ? Fields.NONE : rest;
  }
}

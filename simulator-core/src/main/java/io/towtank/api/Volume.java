package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A volume of a pod; only those that come from claims are interpreted.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Volume(
    String name,
    @Nullable PersistentVolumeClaimVolumeSource persistentVolumeClaim,
    @Nullable EphemeralVolumeSource ephemeral,
    Fields rest) {
  public Volume {
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What volume is wanted.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolumeClaimSpec(
    ImmutableList<String> accessModes,
    @Nullable LabelSelector selector,
    @Nullable ResourceRequirements resources,
    @Nullable String volumeName,
    @Nullable String storageClassName,
    @Nullable String volumeMode,
    Fields rest) {
  public PersistentVolumeClaimSpec {
    accessModes = accessModes == null ? ImmutableList.of() : accessModes;
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a volume offers.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolumeSpec(
    ImmutableMap<String, Quantity> capacity,
    ImmutableList<String> accessModes,
    @Nullable ObjectReference claimRef,
    @Nullable String persistentVolumeReclaimPolicy,
    @Nullable String storageClassName,
    @Nullable String volumeMode,
    @Nullable VolumeNodeAffinity nodeAffinity,
    @Nullable CsiPersistentVolumeSource csi,
    Fields rest) {
  public PersistentVolumeSpec {
    capacity = capacity == null ? ImmutableMap.of() : capacity;
    accessModes = accessModes == null ? ImmutableList.of() : accessModes;
    rest = rest == null ? Fields.NONE : rest;
  }
}

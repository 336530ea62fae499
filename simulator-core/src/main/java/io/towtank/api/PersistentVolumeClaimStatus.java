package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What volume was got.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolumeClaimStatus(
    @Nullable String phase,
    ImmutableList<String> accessModes,
    ImmutableMap<String, Quantity> capacity,
    Fields rest) {
  public PersistentVolumeClaimStatus {
    accessModes = accessModes == null ? ImmutableList.of() : accessModes;
    capacity = capacity == null ? ImmutableMap.of() : capacity;
    rest = rest == null ? Fields.NONE : rest;
  }
}

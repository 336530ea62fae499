package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many volumes of a driver a node can hold.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record VolumeNodeResources(@Nullable Integer count, Fields rest) {
  public VolumeNodeResources {
    rest = rest == null ? Fields.NONE : rest;
  }
}

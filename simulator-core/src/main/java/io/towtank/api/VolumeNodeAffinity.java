package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * From which nodes a volume can be reached.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record VolumeNodeAffinity(@Nullable NodeSelector required, Fields rest) {
  public VolumeNodeAffinity {
    rest = rest == null ? Fields.NONE : rest;
  }
}

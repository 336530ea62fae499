package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A CSI driver on a node.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CsiNodeDriver(
    String name,
    String nodeID,
    ImmutableList<String> topologyKeys,
    @Nullable VolumeNodeResources allocatable,
    Fields rest) {
  public CsiNodeDriver {
    topologyKeys = topologyKeys == null ? ImmutableList.of() : topologyKeys;
    rest = rest == null ? Fields.NONE : rest;
  }
}

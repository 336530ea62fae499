package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Whose traffic an endpoint is for, as the topology of the cluster suggests.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record EndpointHints(
    ImmutableList<ForZone> forZones, ImmutableList<ForNode> forNodes, Fields rest) {
  public EndpointHints {
    forZones = forZones == null ? ImmutableList.of() : forZones;
    forNodes = forNodes == null ? ImmutableList.of() : forNodes;
    rest = rest == null ? Fields.NONE : rest;
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Which CSI drivers a node has.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CsiNode(
    ObjectMeta metadata, @Beside long resourceVersion, CsiNodeSpec spec, Fields rest)
    implements KubeObject {
  public CsiNode {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<CsiNode> kind() {
    return Kinds.CSI_NODE;
  }

  @Override
  public CsiNode withMetadata(ObjectMeta metadata) {
    return new CsiNode(metadata, resourceVersion, spec, rest);
  }

  @Override
  public CsiNode withResourceVersion(long resourceVersion) {
    return new CsiNode(metadata, resourceVersion, spec, rest);
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A node.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Node(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    NodeSpec spec,
    NodeStatus status,
    Fields rest)
    implements KubeObject {
  public Node {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Node> kind() {
    return Kinds.NODE;
  }

  @Override
  public Node withMetadata(ObjectMeta metadata) {
    return new Node(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Node withResourceVersion(long resourceVersion) {
    return new Node(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public Node withStatus(NodeStatus status) {
    return new Node(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Node withStatusOf(KubeObject other) {
    return withStatus(((Node) other).status);
  }

  /** This object with another spec. */
  public Node withSpec(NodeSpec spec) {
    return new Node(metadata, resourceVersion, spec, status, rest);
  }
}

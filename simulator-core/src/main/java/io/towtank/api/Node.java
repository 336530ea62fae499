package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

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

  /** The condition of a type, null where there is none. */
  public @Nullable NodeCondition condition(String type) {
    return status.condition(type);
  }

  /** Whether the condition Ready is true. */
  public boolean isReady() {
    return readiness() == ConditionStatus.TRUE;
  }

  /** What the condition Ready says, null where there is none. */
  public @Nullable ConditionStatus readiness() {
    NodeCondition ready = condition("Ready");
    return ready == null ? null : ready.status();
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

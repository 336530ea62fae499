package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A pod. All pods of one template share its spec; the node's name, which Kubernetes keeps in the
 * spec, is beside it.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Pod(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    PodSpec spec,
    @Nullable @In("spec") String nodeName,
    PodStatus status,
    Fields rest)
    implements KubeObject {
  public Pod {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Pod> kind() {
    return Kinds.POD;
  }

  @Override
  public Pod withMetadata(ObjectMeta metadata) {
    return new Pod(metadata, resourceVersion, spec, nodeName, status, rest);
  }

  @Override
  public Pod withResourceVersion(long resourceVersion) {
    return new Pod(metadata, resourceVersion, spec, nodeName, status, rest);
  }

  /** Whether the condition Ready is true. */
  public boolean isReady() {
    PodCondition ready = status.condition("Ready");
    return ready != null && ready.status() == ConditionStatus.TRUE;
  }

  /** This object with another status. */
  public Pod withStatus(PodStatus status) {
    return new Pod(metadata, resourceVersion, spec, nodeName, status, rest);
  }

  @Override
  public Pod withStatusOf(KubeObject other) {
    return withStatus(((Pod) other).status);
  }

  /** This object with another spec. */
  public Pod withSpec(PodSpec spec) {
    return new Pod(metadata, resourceVersion, spec, nodeName, status, rest);
  }
}

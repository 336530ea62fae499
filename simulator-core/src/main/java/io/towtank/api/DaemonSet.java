package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Keeps one pod on every matching node.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record DaemonSet(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    DaemonSetSpec spec,
    DaemonSetStatus status,
    Fields rest)
    implements KubeObject {
  public DaemonSet {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<DaemonSet> kind() {
    return Kinds.DAEMON_SET;
  }

  @Override
  public DaemonSet withMetadata(ObjectMeta metadata) {
    return new DaemonSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public DaemonSet withResourceVersion(long resourceVersion) {
    return new DaemonSet(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public DaemonSet withStatus(DaemonSetStatus status) {
    return new DaemonSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public DaemonSet withStatusOf(KubeObject other) {
    return withStatus(((DaemonSet) other).status);
  }

  /** This object with another spec. */
  public DaemonSet withSpec(DaemonSetSpec spec) {
    return new DaemonSet(metadata, resourceVersion, spec, status, rest);
  }
}

package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Keeps a number of identical pods.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ReplicaSet(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    ReplicaSetSpec spec,
    ReplicaSetStatus status,
    Fields rest)
    implements KubeObject, Scalable {
  public ReplicaSet {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<ReplicaSet> kind() {
    return Kinds.REPLICA_SET;
  }

  @Override
  public ReplicaSet withMetadata(ObjectMeta metadata) {
    return new ReplicaSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public ReplicaSet withResourceVersion(long resourceVersion) {
    return new ReplicaSet(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public ReplicaSet withStatus(ReplicaSetStatus status) {
    return new ReplicaSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public ReplicaSet withStatusOf(KubeObject other) {
    return withStatus(((ReplicaSet) other).status);
  }

  /** This object with another spec. */
  public ReplicaSet withSpec(ReplicaSetSpec spec) {
    return new ReplicaSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public ReplicaSet withReplicas(int replicas) {
    return withSpec(ReplicaSetSpecBuilder.builder(spec).replicas(replicas).build());
  }
}

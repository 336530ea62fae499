package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Keeps pods with names and claims of their own.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record StatefulSet(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    StatefulSetSpec spec,
    StatefulSetStatus status,
    Fields rest)
    implements KubeObject, Scalable {
  public StatefulSet {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<StatefulSet> kind() {
    return Kinds.STATEFUL_SET;
  }

  @Override
  public StatefulSet withMetadata(ObjectMeta metadata) {
    return new StatefulSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public StatefulSet withResourceVersion(long resourceVersion) {
    return new StatefulSet(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public StatefulSet withStatus(StatefulSetStatus status) {
    return new StatefulSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public StatefulSet withStatusOf(KubeObject other) {
    return withStatus(((StatefulSet) other).status);
  }

  /** This object with another spec. */
  public StatefulSet withSpec(StatefulSetSpec spec) {
    return new StatefulSet(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public StatefulSet withReplicas(int replicas) {
    return withSpec(StatefulSetSpecBuilder.builder(spec).replicas(replicas).build());
  }
}

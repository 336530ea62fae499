package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Rolls a template out over ReplicaSets.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Deployment(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    DeploymentSpec spec,
    DeploymentStatus status,
    Fields rest)
    implements KubeObject, Scalable {
  public Deployment {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Deployment> kind() {
    return Kinds.DEPLOYMENT;
  }

  @Override
  public Deployment withMetadata(ObjectMeta metadata) {
    return new Deployment(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Deployment withResourceVersion(long resourceVersion) {
    return new Deployment(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public Deployment withStatus(DeploymentStatus status) {
    return new Deployment(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Deployment withStatusOf(KubeObject other) {
    return withStatus(((Deployment) other).status);
  }

  /** This object with another spec. */
  public Deployment withSpec(DeploymentSpec spec) {
    return new Deployment(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Deployment withReplicas(int replicas) {
    return withSpec(DeploymentSpecBuilder.builder(spec).replicas(replicas).build());
  }
}

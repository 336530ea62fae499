package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A service.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Service(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    @Nullable ServiceSpec spec,
    @Nullable ServiceStatus status,
    Fields rest)
    implements KubeObject {
  public Service {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Service> kind() {
    return Kinds.SERVICE;
  }

  @Override
  public Service withMetadata(ObjectMeta metadata) {
    return new Service(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Service withResourceVersion(long resourceVersion) {
    return new Service(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public Service withStatus(@Nullable ServiceStatus status) {
    return new Service(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Service withStatusOf(KubeObject other) {
    return withStatus(((Service) other).status);
  }

  /** This object with another spec. */
  public Service withSpec(@Nullable ServiceSpec spec) {
    return new Service(metadata, resourceVersion, spec, status, rest);
  }
}

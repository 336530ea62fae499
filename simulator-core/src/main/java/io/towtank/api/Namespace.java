package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A namespace.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Namespace(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    @Nullable NamespaceSpec spec,
    @Nullable NamespaceStatus status,
    Fields rest)
    implements KubeObject {
  public Namespace {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Namespace> kind() {
    return Kinds.NAMESPACE;
  }

  @Override
  public Namespace withMetadata(ObjectMeta metadata) {
    return new Namespace(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Namespace withResourceVersion(long resourceVersion) {
    return new Namespace(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public Namespace withStatus(@Nullable NamespaceStatus status) {
    return new Namespace(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Namespace withStatusOf(KubeObject other) {
    return withStatus(((Namespace) other).status);
  }

  /** This object with another spec. */
  public Namespace withSpec(@Nullable NamespaceSpec spec) {
    return new Namespace(metadata, resourceVersion, spec, status, rest);
  }
}

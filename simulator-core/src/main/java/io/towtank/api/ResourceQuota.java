package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a namespace may use.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ResourceQuota(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    @Nullable ResourceQuotaSpec spec,
    @Nullable ResourceQuotaStatus status,
    Fields rest)
    implements KubeObject {
  public ResourceQuota {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<ResourceQuota> kind() {
    return Kinds.RESOURCE_QUOTA;
  }

  @Override
  public ResourceQuota withMetadata(ObjectMeta metadata) {
    return new ResourceQuota(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public ResourceQuota withResourceVersion(long resourceVersion) {
    return new ResourceQuota(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public ResourceQuota withStatus(@Nullable ResourceQuotaStatus status) {
    return new ResourceQuota(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public ResourceQuota withStatusOf(KubeObject other) {
    return withStatus(((ResourceQuota) other).status);
  }
}

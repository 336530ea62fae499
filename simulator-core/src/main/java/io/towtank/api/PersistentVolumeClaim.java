package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A claim on a volume.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolumeClaim(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    PersistentVolumeClaimSpec spec,
    @Nullable PersistentVolumeClaimStatus status,
    Fields rest)
    implements KubeObject {
  public PersistentVolumeClaim {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<PersistentVolumeClaim> kind() {
    return Kinds.PERSISTENT_VOLUME_CLAIM;
  }

  @Override
  public PersistentVolumeClaim withMetadata(ObjectMeta metadata) {
    return new PersistentVolumeClaim(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public PersistentVolumeClaim withResourceVersion(long resourceVersion) {
    return new PersistentVolumeClaim(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public PersistentVolumeClaim withStatus(@Nullable PersistentVolumeClaimStatus status) {
    return new PersistentVolumeClaim(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public PersistentVolumeClaim withStatusOf(KubeObject other) {
    return withStatus(((PersistentVolumeClaim) other).status);
  }

  /** This object with another spec. */
  public PersistentVolumeClaim withSpec(PersistentVolumeClaimSpec spec) {
    return new PersistentVolumeClaim(metadata, resourceVersion, spec, status, rest);
  }
}

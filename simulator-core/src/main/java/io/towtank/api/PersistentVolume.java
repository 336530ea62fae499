package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A volume of the cluster.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PersistentVolume(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    PersistentVolumeSpec spec,
    @Nullable PersistentVolumeStatus status,
    Fields rest)
    implements KubeObject {
  public PersistentVolume {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<PersistentVolume> kind() {
    return Kinds.PERSISTENT_VOLUME;
  }

  @Override
  public PersistentVolume withMetadata(ObjectMeta metadata) {
    return new PersistentVolume(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public PersistentVolume withResourceVersion(long resourceVersion) {
    return new PersistentVolume(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public PersistentVolume withStatus(@Nullable PersistentVolumeStatus status) {
    return new PersistentVolume(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public PersistentVolume withStatusOf(KubeObject other) {
    return withStatus(((PersistentVolume) other).status);
  }

  /** This object with another spec. */
  public PersistentVolume withSpec(PersistentVolumeSpec spec) {
    return new PersistentVolume(metadata, resourceVersion, spec, status, rest);
  }
}

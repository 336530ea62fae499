package io.towtank.store.admission;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.volume.VolumeKeys;

/**
 * Gives new claims and volumes the finalizers that keep them while they are used. The protection
 * controllers take them away (plugin/pkg/admission/storage/storageobjectinuseprotection).
 */
public final class StorageObjectInUseProtection implements Admission {
  @Override
  public KubeObject admit(AdmissionRequest request) {
    if (!request.create()) {
      return request.object();
    }
    return switch (request.object()) {
      case PersistentVolumeClaim claim ->
          claim.withMetadata(kept(claim.metadata(), VolumeKeys.CLAIM_PROTECTION));
      case PersistentVolume volume ->
          volume.withMetadata(kept(volume.metadata(), VolumeKeys.VOLUME_PROTECTION));
      default -> request.object();
    };
  }

  private static ObjectMeta kept(ObjectMeta metadata, String finalizer) {
    return metadata.finalizers().contains(finalizer)
        ? metadata
        : ObjectMetaBuilder.builder(metadata)
            .finalizers(
                ImmutableList.<String>builder()
                    .addAll(metadata.finalizers())
                    .add(finalizer)
                    .build())
            .build();
  }
}

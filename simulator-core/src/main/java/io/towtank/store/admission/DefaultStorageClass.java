package io.towtank.store.admission;

import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimSpecBuilder;
import io.towtank.api.StorageClass;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.volume.VolumeMatch;

/** Gives new claims that name no class the default one (plugin/pkg/admission/storage). */
public final class DefaultStorageClass implements Admission {
  @Override
  public KubeObject admit(AdmissionRequest request) {
    if (!request.create()
        || !(request.object() instanceof PersistentVolumeClaim claim)
        || !VolumeMatch.isClassless(claim)) {
      return request.object();
    }
    StorageClass found = VolumeMatch.defaultClass(request.store().list(Kinds.STORAGE_CLASS));
    return found == null
        ? claim
        : claim.withSpec(
            PersistentVolumeClaimSpecBuilder.builder(claim.spec())
                .storageClassName(found.name())
                .build());
  }
}

package io.towtank.store.admission;

import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.StorageClass;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.volume.VolumeMatch;

/**
 * Lets claims ask for more only where their class allows it
 * (plugin/pkg/admission/storage/persistentvolume/resize). What else may change of a claim {@link
 * UpdateRules} says.
 */
public final class PersistentVolumeClaimResize implements Admission {
  @Override
  public KubeObject admit(AdmissionRequest request) {
    if (request.object() instanceof PersistentVolumeClaim claim
        && request.current() instanceof PersistentVolumeClaim current
        && VolumeMatch.requested(claim).compareTo(VolumeMatch.requested(current)) > 0
        && !mayGrow(request, claim)) {
      throw ApiException.forbidden(
          claim,
          "only dynamically provisioned pvc can be resized and the storageclass that provisions"
              + " the pvc must support resize");
    }
    return request.object();
  }

  private static boolean mayGrow(AdmissionRequest request, PersistentVolumeClaim claim) {
    StorageClass storageClass =
        request.store().get(Kinds.STORAGE_CLASS, null, VolumeMatch.className(claim));
    return storageClass != null && Boolean.TRUE.equals(storageClass.allowVolumeExpansion());
  }
}

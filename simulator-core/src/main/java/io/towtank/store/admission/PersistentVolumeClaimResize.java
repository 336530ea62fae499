package io.towtank.store.admission;

import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimSpec;
import io.towtank.api.PersistentVolumeClaimSpecBuilder;
import io.towtank.api.PersistentVolumeClaimStatus;
import io.towtank.api.Quantity;
import io.towtank.api.StorageClass;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.volume.VolumeMatch;
import org.jspecify.annotations.Nullable;

/**
 * What may change of a claim: how much it asks for, once it is bound, and upwards only where its
 * class allows it (plugin/pkg/admission/storage/persistentvolume/resize; pkg/apis/core/validation:
 * ValidatePersistentVolumeClaimUpdate).
 */
public final class PersistentVolumeClaimResize implements Admission {
  private static final Quantity NOTHING = Quantity.of(0);

  @Override
  public KubeObject admit(AdmissionRequest request) {
    if (!(request.object() instanceof PersistentVolumeClaim claim)
        || !(request.current() instanceof PersistentVolumeClaim current)
        || claim.spec().equals(current.spec())) {
      return request.object();
    }
    PersistentVolumeClaimStatus status = current.status();
    if (!isOtherwiseEqual(claim.spec(), current.spec())
        || (!isBound(status)
            && !VolumeMatch.requested(claim).equals(VolumeMatch.requested(current)))) {
      throw ApiException.invalid(
          claim,
          "spec: Forbidden: spec is immutable after creation except resources.requests and"
              + " volumeAttributesClassName for bound claims");
    }
    int growth = VolumeMatch.requested(claim).compareTo(VolumeMatch.requested(current));
    Quantity capacity =
        status == null ? NOTHING : status.capacity().getOrDefault("storage", NOTHING);
    if (growth < 0 && VolumeMatch.requested(claim).compareTo(capacity) <= 0) {
      throw ApiException.invalid(
          claim,
          "spec.resources.requests.storage: Forbidden: field can not be less than"
              + " status.capacity");
    }
    if (growth > 0 && !mayGrow(request, claim)) {
      throw ApiException.forbidden(
          claim,
          "only dynamically provisioned pvc can be resized and the storageclass that provisions"
              + " the pvc must support resize");
    }
    return claim;
  }

  private static boolean isBound(@Nullable PersistentVolumeClaimStatus status) {
    return status != null && "Bound".equals(status.phase());
  }

  /** Whether only that differs which may: a volume or a class that there was none of, too. */
  private static boolean isOtherwiseEqual(
      PersistentVolumeClaimSpec spec, PersistentVolumeClaimSpec before) {
    PersistentVolumeClaimSpecBuilder same =
        PersistentVolumeClaimSpecBuilder.builder(spec)
            .resources(before.resources())
            .rest(
                spec.rest()
                    .with(
                        "volumeAttributesClassName",
                        before.rest().get("volumeAttributesClassName")));
    if (before.volumeName() == null || before.volumeName().isEmpty()) {
      same.volumeName(before.volumeName());
    }
    if (before.storageClassName() == null) {
      same.storageClassName(null);
    }
    return same.build().equals(before);
  }

  private static boolean mayGrow(AdmissionRequest request, PersistentVolumeClaim claim) {
    StorageClass storageClass =
        request.store().get(Kinds.STORAGE_CLASS, null, VolumeMatch.className(claim));
    return storageClass != null && Boolean.TRUE.equals(storageClass.allowVolumeExpansion());
  }
}

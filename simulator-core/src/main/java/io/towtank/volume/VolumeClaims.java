package io.towtank.volume;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.Volume;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The claims that a pod's volumes come from: those that they name, and those that are made for the
 * pod (component-helpers: storage/ephemeral).
 */
public final class VolumeClaims {
  private VolumeClaims() {}

  /** The claims that a pod uses. */
  public static ImmutableSet<ObjectKey> of(Pod pod) {
    ImmutableList<Volume> volumes = pod.spec().volumes();
    ImmutableSet.Builder<ObjectKey> claims = null;
    for (int i = 0; i < volumes.size(); i++) {
      String name = name(pod.name(), volumes.get(i));
      if (name != null) {
        claims = claims == null ? ImmutableSet.builder() : claims;
        claims.add(new ObjectKey(pod.metadata().namespace(), name));
      }
    }
    return claims == null ? ImmutableSet.of() : claims.build();
  }

  /** The name of the claim that a volume of a pod comes from; null where it comes from none. */
  public static @Nullable String name(String pod, Volume volume) {
    return volume.persistentVolumeClaim() != null
        ? volume.persistentVolumeClaim().claimName()
        : volume.ephemeral() != null ? pod + "-" + volume.name() : null;
  }

  /** Whether a volume comes from a claim. */
  public static boolean isClaimed(Volume volume) {
    return volume.persistentVolumeClaim() != null || volume.ephemeral() != null;
  }

  /** Whether any volume of such pods comes from a claim. */
  public static boolean usesClaims(PodSpec spec) {
    for (int i = 0; i < spec.volumes().size(); i++) {
      if (isClaimed(spec.volumes().get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether claims are made for each pod of its own, so that no two pods have the same. */
  public static boolean ownsClaims(PodSpec spec) {
    for (int i = 0; i < spec.volumes().size(); i++) {
      if (spec.volumes().get(i).ephemeral() != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether a claim is not one that bears by chance the name of one that a pod is to get. */
  public static boolean mayUse(Pod pod, PersistentVolumeClaim claim) {
    return names(pod, claim.name()) || wasMadeFor(pod, claim);
  }

  /** Whether one of a pod's volumes names a claim of its namespace. */
  public static boolean names(Pod pod, String claim) {
    for (Volume volume : pod.spec().volumes()) {
      if (volume.persistentVolumeClaim() != null
          && volume.persistentVolumeClaim().claimName().equals(claim)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a claim was made for a pod. */
  public static boolean wasMadeFor(Pod pod, PersistentVolumeClaim claim) {
    for (OwnerReference owner : claim.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        return owner.uid().equals(pod.metadata().uid());
      }
    }
    return false;
  }

  /** Why a pod cannot have a claim that was not made for it. */
  public static String notMadeFor(ObjectKey pod, PersistentVolumeClaim claim) {
    return "PVC "
        + claim.metadata().namespace()
        + "/"
        + claim.name()
        + " was not created for pod "
        + Objects.requireNonNullElse(pod.namespace(), "")
        + "/"
        + pod.name()
        + " (pod is not owner)";
  }
}

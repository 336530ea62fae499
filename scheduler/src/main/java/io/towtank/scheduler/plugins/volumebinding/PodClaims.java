package io.towtank.scheduler.plugins.volumebinding;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.StorageClass;
import io.towtank.api.Volume;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Volumes;
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeMatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The claims that a pod's volumes name. */
public final class PodClaims {
  private PodClaims() {}

  /** The names of the pod's claims, in order. */
  public static ImmutableList<String> names(PodInfo pod) {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (Volume volume : pod.spec().volumes()) {
      String name = name(pod, volume);
      if (name != null) {
        names.add(name);
      }
    }
    return names.build();
  }

  /** The names of the claims that the pod's volumes name, without those that are made for it. */
  public static ImmutableList<String> named(PodInfo pod) {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (Volume volume : pod.spec().volumes()) {
      if (volume.persistentVolumeClaim() != null) {
        names.add(volume.persistentVolumeClaim().claimName());
      }
    }
    return names.build();
  }

  /** The name of the claim that a volume of a pod comes from; null where it comes from none. */
  public static @Nullable String name(PodInfo pod, Volume volume) {
    return VolumeClaims.name(pod.only() == null ? "" : pod.only().name(), volume);
  }

  /** Whether an object of an event is a claim that the pod uses. */
  public static boolean isOf(Pod pod, @Nullable KubeObject object) {
    return object instanceof PersistentVolumeClaim claim
        && VolumeClaims.of(pod).contains(ObjectKey.of(claim));
  }

  /** Whether an object of an event is a claim that one of the pod's volumes names. */
  public static boolean isNamedBy(Pod pod, @Nullable KubeObject object) {
    return object instanceof PersistentVolumeClaim claim
        && Objects.equals(claim.metadata().namespace(), pod.metadata().namespace())
        && VolumeClaims.names(pod, claim.name());
  }

  /** Changes when volumes do, for pods that have claims. */
  public static long generation(PodInfo pod, Volumes volumes) {
    return VolumeClaims.usesClaims(pod.spec()) ? volumes.generation() + 1 : 0;
  }

  /** A claim's storage class, null for none. */
  public static @Nullable StorageClass storageClass(PersistentVolumeClaim claim, Volumes volumes) {
    String name = VolumeMatch.className(claim);
    return name.isEmpty() ? null : volumes.storageClass(name);
  }

  /** Whether the claim's volume is chosen when a pod that uses it is scheduled. */
  public static boolean waitsForConsumer(PersistentVolumeClaim claim, Volumes volumes) {
    return VolumeMatch.waitsForConsumer(storageClass(claim, volumes));
  }
}

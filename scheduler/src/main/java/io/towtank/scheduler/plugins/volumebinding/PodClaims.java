package io.towtank.scheduler.plugins.volumebinding;

import com.google.common.collect.ImmutableList;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.StorageClass;
import io.towtank.api.Volume;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Volumes;
import org.jspecify.annotations.Nullable;

/** The claims that a pod's volumes name. */
public final class PodClaims {
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

  private PodClaims() {}

  /** The names of the pod's claims, in order. */
  public static ImmutableList<String> names(PodInfo pod) {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (Volume volume : pod.spec().volumes()) {
      if (volume.persistentVolumeClaim() != null) {
        names.add(volume.persistentVolumeClaim().claimName());
      }
    }
    return names.build();
  }

  /** Changes when volumes do, for pods that have claims. */
  public static long generation(PodInfo pod, Volumes volumes) {
    for (int i = 0; i < pod.spec().volumes().size(); i++) {
      if (pod.spec().volumes().get(i).persistentVolumeClaim() != null) {
        return volumes.generation() + 1;
      }
    }
    return 0;
  }

  /** The name of a claim's storage class, empty for none. */
  public static String className(PersistentVolumeClaim claim) {
    String annotated = claim.metadata().annotations().get(CLASS_ANNOTATION);
    if (annotated != null) {
      return annotated;
    }
    return claim.spec().storageClassName() == null ? "" : claim.spec().storageClassName();
  }

  /** A claim's storage class, null for none. */
  public static @Nullable StorageClass storageClass(PersistentVolumeClaim claim, Volumes volumes) {
    String name = className(claim);
    return name.isEmpty() ? null : volumes.storageClass(name);
  }

  /** Whether the claim's volume is chosen when a pod that uses it is scheduled. */
  public static boolean waitsForConsumer(PersistentVolumeClaim claim, Volumes volumes) {
    StorageClass storageClass = storageClass(claim, volumes);
    return storageClass != null && "WaitForFirstConsumer".equals(storageClass.volumeBindingMode());
  }
}

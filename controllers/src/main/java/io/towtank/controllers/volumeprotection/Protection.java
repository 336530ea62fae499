package io.towtank.controllers.volumeprotection;

import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.api.Volume;
import io.towtank.volume.VolumeClaims;

/** What is done about the finalizer of an object (pkg/controller/volume/protectionutil). */
enum Protection {
  /** Nothing. */
  KEEP,
  /** It gets one: it is older than the API server's habit of giving them. */
  ADD,
  /** It loses it: it is to go, and nobody needs it. */
  REMOVE;

  static Protection of(KubeObject object, String finalizer, boolean used) {
    boolean has = object.metadata().finalizers().contains(finalizer);
    if (object.metadata().deletionTimestamp() == Timestamps.NONE) {
      return has ? KEEP : ADD;
    }
    return has && !used ? REMOVE : KEEP;
  }

  /**
   * Whether a claim has to stay for a pod: a kubelet that has it may have the volume mounted, even
   * where its containers have ended (pvc_protection_controller.go: podUsesPVC).
   */
  static boolean uses(Pod pod, PersistentVolumeClaim claim) {
    if (pod.nodeName() == null || pod.nodeName().isEmpty()) {
      return false;
    }
    for (Volume volume : pod.spec().volumes()) {
      if (claim.name().equals(VolumeClaims.name(pod.name(), volume))
          && (volume.ephemeral() == null
              || (!isShutDown(pod) && VolumeClaims.wasMadeFor(pod, claim)))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a pod is over for its kubelet and waits for its finalizers only: it may be for its own
   * claim to go that it waits (pvc_protection_controller.go: podIsShutDown).
   */
  static boolean isShutDown(Pod pod) {
    Long grace = pod.metadata().deletionGracePeriodSeconds();
    return pod.metadata().deletionTimestamp() != Timestamps.NONE && grace != null && grace == 0;
  }

  /** Whether a volume has to stay. */
  static boolean isUsed(PersistentVolume volume) {
    return volume.status() != null && "Bound".equals(volume.status().phase());
  }
}

package io.towtank.controllers.volumeprotection;

import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolume;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;

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
  static boolean uses(Pod pod) {
    return pod.nodeName() != null && !pod.nodeName().isEmpty();
  }

  /** Whether a volume has to stay. */
  static boolean isUsed(PersistentVolume volume) {
    return volume.status() != null && "Bound".equals(volume.status().phase());
  }
}

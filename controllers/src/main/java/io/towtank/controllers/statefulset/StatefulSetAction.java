package io.towtank.controllers.statefulset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;

/** A write that a sync of a StatefulSet asks for. */
public sealed interface StatefulSetAction {
  /**
   * Creates claims that a pod lacks, then the pod.
   *
   * @param revision what it is made from, which its label bears
   */
  record CreatePod(Pod pod, String revision, ImmutableList<PersistentVolumeClaim> claims)
      implements StatefulSetAction {}

  /** Creates claims that a pending pod lacks. */
  record CreateClaims(Pod pod, ImmutableList<PersistentVolumeClaim> claims)
      implements StatefulSetAction {}

  /** Gives a claim of a pod other owners. */
  record UpdateClaim(Pod pod, PersistentVolumeClaim claim) implements StatefulSetAction {}

  /** Creates claims that a pod lacks, then gives it back its name's label and its volumes. */
  record UpdatePod(Pod pod, ImmutableList<PersistentVolumeClaim> claims)
      implements StatefulSetAction {}

  /** Deletes a pod: it is one too many, at its end, or of an old revision. */
  record DeletePod(Pod pod) implements StatefulSetAction {}

  /** A claim that a pod needs is about to go: nothing can be done before. */
  record WaitForClaim(Pod pod, PersistentVolumeClaim claim) implements StatefulSetAction {}
}

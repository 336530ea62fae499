package io.towtank.controllers.persistentvolume;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import io.towtank.controllers.persistentvolume.ClaimDecision.Notice;
import io.towtank.volume.VolumeDrivers;
import io.towtank.volume.VolumeKeys;
import io.towtank.volume.VolumeMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is to be done about claims and volumes (pkg/controller/volume/persistentvolume:
 * syncClaim, syncVolume).
 *
 * <pre>
 *   claim:  Pending ──a volume is found, or made──▶ Bound ──the volume is gone──▶ Lost
 *   volume: Pending ─▶ Available ──given to a claim──▶ Bound ──the claim is gone──▶ Released
 *                          ▲                                                          │
 *                          └──────recycled──────┬───────────────┬──────────────┐      │ policy
 *                                            Failed        (deleted)      (retained)◀─┘
 * </pre>
 */
final class BindingSync {
  private static final VolumeDecision.Reclaim LEAVE = new VolumeDecision.Reclaim.Leave();
  private static final String SCRATCH = "/tmp/";

  /** What is known of the rest when a claim is decided about. */
  interface Known {
    /** A volume by name, null where there is none. */
    @Nullable PersistentVolume volume(String name);

    /** The volumes that are given to, or kept for, a claim of that name, by name. */
    Iterable<PersistentVolume> keptFor(ObjectKey claim);

    /** The volumes of a class that are nobody's, by name. */
    Iterable<PersistentVolume> free(String className);

    /** A class by name, null where there is none. */
    @Nullable StorageClass storageClass(String name);

    /** The class of claims that name none, null where there is none. */
    @Nullable StorageClass defaultClass();

    /** The names of the pods that use a claim and have no node yet. */
    ImmutableList<String> waitingPods(ObjectKey claim);
  }

  private BindingSync() {}

  /** What is to be done about a claim. */
  static ClaimDecision claim(PersistentVolumeClaim claim, Known known) {
    if (claim.metadata().annotations().containsKey(VolumeKeys.BIND_COMPLETED)) {
      return boundClaim(claim, known);
    }
    String name = claim.spec().volumeName();
    return name == null || name.isEmpty()
        ? unboundClaim(claim, known)
        : choosyClaim(claim, name, known);
  }

  private static ClaimDecision boundClaim(PersistentVolumeClaim claim, Known known) {
    String name = claim.spec().volumeName();
    if (name == null || name.isEmpty()) {
      return lost(
          "ClaimLost",
          "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
    }
    PersistentVolume volume = known.volume(name);
    if (volume == null) {
      return lost(
          "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
    }
    ObjectReference owner = volume.spec().claimRef();
    return owner == null || Objects.equals(owner.uid(), claim.metadata().uid())
        ? new ClaimDecision.Bind(volume)
        : lost(
            "ClaimMisbound",
            "Two claims are bound to the same volume, this one is bound incorrectly");
  }

  private static ClaimDecision lost(String reason, String message) {
    return new ClaimDecision.Lose(Notice.warning(reason, message));
  }

  private static ClaimDecision unboundClaim(PersistentVolumeClaim claim, Known known) {
    String className = VolumeMatch.className(claim);
    StorageClass storageClass = className.isEmpty() ? null : known.storageClass(className);
    boolean delayed = VolumeMatch.waitsForConsumer(storageClass);
    PersistentVolume found = bestMatch(claim, delayed, known);
    if (found != null) {
      return new ClaimDecision.Bind(found);
    }
    if (VolumeMatch.isClassless(claim)) {
      // KEP-3333: the default class may come later than the claim.
      StorageClass byDefault = known.defaultClass();
      if (byDefault != null) {
        return new ClaimDecision.AssignClass(byDefault.name());
      }
    }
    if (delayed && !claim.metadata().annotations().containsKey(VolumeKeys.SELECTED_NODE)) {
      return new ClaimDecision.Wait(waitsForPod(known.waitingPods(ObjectKey.of(claim))));
    }
    if (className.isEmpty()) {
      return new ClaimDecision.Wait(
          Notice.normal(
              "FailedBinding",
              "no persistent volumes available for this claim and no storage class is set"));
    }
    if (storageClass == null) {
      return new ClaimDecision.Wait(
          Notice.warning(
              "ProvisioningFailed", "storageclass.storage.k8s.io \"" + className + "\" not found"));
    }
    String provisioner = storageClass.provisioner();
    return VolumeDrivers.isBuiltIn(provisioner)
        ? new ClaimDecision.Wait(
            Notice.warning("ProvisioningFailed", "no volume plugin matched name: " + provisioner))
        : new ClaimDecision.Provision(VolumeDrivers.provisioner(provisioner));
  }

  private static Notice waitsForPod(ImmutableList<String> pods) {
    if (pods.isEmpty()) {
      return Notice.normal(
          "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
    }
    return Notice.normal(
        "WaitForPodScheduled",
        "waiting for pod"
            + (pods.size() > 1 ? "s " : " ")
            + Joiner.on(',').join(pods)
            + " to be scheduled");
  }

  /**
   * The volume that a claim gets: of those that offer the fewest modes of access beyond what it
   * asks for, one that is kept for it, or the smallest that is large enough; null for none
   * (persistentVolumeOrderedIndex.findByClaim).
   *
   * @param delayed whether the scheduler chooses among volumes that are nobody's
   */
  static @Nullable PersistentVolume bestMatch(
      PersistentVolumeClaim claim, boolean delayed, Known known) {
    Map<String, List<PersistentVolume>> byModes = new TreeMap<>();
    known.keptFor(ObjectKey.of(claim)).forEach(volume -> offer(volume, claim, byModes));
    if (!delayed) {
      known.free(VolumeMatch.className(claim)).forEach(volume -> offer(volume, claim, byModes));
    }
    for (List<PersistentVolume> volumes : byModes.values()) {
      PersistentVolume smallest = null;
      for (PersistentVolume volume : volumes) {
        if (volume.spec().claimRef() != null) {
          return volume;
        }
        if (smallest == null
            || VolumeMatch.capacity(smallest).compareTo(VolumeMatch.capacity(volume)) > 0) {
          smallest = volume;
        }
      }
      if (smallest != null) {
        return smallest;
      }
    }
    return null;
  }

  private static void offer(
      PersistentVolume volume,
      PersistentVolumeClaim claim,
      Map<String, List<PersistentVolume>> byModes) {
    ImmutableSortedSet<String> modes = ImmutableSortedSet.copyOf(volume.spec().accessModes());
    if (modes.containsAll(claim.spec().accessModes()) && VolumeMatch.suits(volume, claim)) {
      byModes.computeIfAbsent(modes.size() + " " + modes, key -> new ArrayList<>()).add(volume);
    }
  }

  /** A claim that names its volume. */
  private static ClaimDecision choosyClaim(PersistentVolumeClaim claim, String name, Known known) {
    PersistentVolume volume = known.volume(name);
    if (volume == null) {
      return new ClaimDecision.Wait(null);
    }
    if (volume.spec().claimRef() == null) {
      String why = mismatch(volume, claim);
      return why == null
          ? new ClaimDecision.Bind(volume)
          : new ClaimDecision.Wait(
              Notice.warning(
                  "VolumeMismatch", "Cannot bind to requested volume \"" + name + "\": " + why));
    }
    return VolumeMatch.isFor(volume, claim)
        ? new ClaimDecision.Bind(volume)
        : new ClaimDecision.Wait(
            Notice.warning(
                "FailedBinding", "volume \"" + name + "\" already bound to a different claim."));
  }

  /** pv_controller.go: checkVolumeSatisfyClaim. */
  private static @Nullable String mismatch(PersistentVolume volume, PersistentVolumeClaim claim) {
    if (volume.metadata().deletionTimestamp() != Timestamps.NONE) {
      return "the volume is marked for deletion \"" + volume.name() + "\"";
    }
    if (VolumeMatch.capacity(volume).compareTo(VolumeMatch.requested(claim)) < 0) {
      return "requested PV is too small";
    }
    if (!VolumeMatch.className(volume).equals(VolumeMatch.className(claim))) {
      return "storageClassName does not match";
    }
    if (!VolumeMatch.sameAttributesClass(volume, claim)) {
      return "volumeAttributesClassName does not match";
    }
    if (!VolumeMatch.sameMode(volume, claim)) {
      return "incompatible volumeMode";
    }
    return volume.spec().accessModes().containsAll(claim.spec().accessModes())
        ? null
        : "incompatible accessMode";
  }

  /**
   * What is to be done about a volume.
   *
   * @param claim the claim that it is given to, if it is there still; a newer one of the same name
   *     does not count
   */
  static VolumeDecision volume(PersistentVolume volume, @Nullable PersistentVolumeClaim claim) {
    ObjectReference owner = volume.spec().claimRef();
    if (owner == null || owner.uid() == null) {
      return new VolumeDecision.SetPhase("Available");
    }
    if (claim == null) {
      return new VolumeDecision.Release(reclaim(volume));
    }
    String bound = claim.spec().volumeName();
    if (bound == null || bound.isEmpty()) {
      return VolumeMatch.sameMode(volume, claim)
          ? new VolumeDecision.SyncClaim(ObjectKey.of(claim))
          : new VolumeDecision.Mismatch(claim);
    }
    if (bound.equals(volume.name())) {
      return new VolumeDecision.SetPhase("Bound");
    }
    return volume.metadata().annotations().containsKey(VolumeKeys.PROVISIONED_BY)
            && "Delete".equals(volume.spec().persistentVolumeReclaimPolicy())
        ? new VolumeDecision.Release(reclaim(volume))
        : new VolumeDecision.Unbind();
  }

  /** pv_controller.go: reclaimVolume. */
  static VolumeDecision.Reclaim reclaim(PersistentVolume volume) {
    String policy = volume.spec().persistentVolumeReclaimPolicy();
    return switch (policy == null ? "Retain" : policy) {
      case "Retain" -> LEAVE;
      case "Recycle" ->
          volume.spec().rest().get("nfs") != null || volume.spec().rest().get("hostPath") != null
              ? new VolumeDecision.Reclaim.Recycle()
              : new VolumeDecision.Reclaim.Fail(
                  "VolumeFailedRecycle", "No recycler plugin found for the volume!");
      case "Delete" -> delete(volume);
      default ->
          new VolumeDecision.Reclaim.Fail(
              "VolumeUnknownReclaimPolicy",
              "Volume has unrecognized PersistentVolumeReclaimPolicy");
    };
  }

  private static VolumeDecision.Reclaim delete(PersistentVolume volume) {
    String provisioner = volume.metadata().annotations().get(VolumeKeys.PROVISIONED_BY);
    if (provisioner != null && !VolumeDrivers.isBuiltIn(provisioner)) {
      return LEAVE;
    }
    JsonNode hostPath = volume.spec().rest().get("hostPath");
    if (hostPath == null) {
      return new VolumeDecision.Reclaim.Fail(
          "VolumeFailedDelete",
          "error getting deleter volume plugin for volume \""
              + volume.name()
              + "\": no deletable volume plugin matched");
    }
    String path = hostPath.path("path").asText();
    return path.startsWith(SCRATCH) && path.length() > SCRATCH.length()
        ? new VolumeDecision.Reclaim.Delete()
        : new VolumeDecision.Reclaim.Fail(
            "VolumeFailedDelete",
            "host_path deleter only supports /tmp/.+ but received provided " + path);
  }
}

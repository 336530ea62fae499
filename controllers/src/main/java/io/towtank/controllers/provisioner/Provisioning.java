package io.towtank.controllers.provisioner;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CsiPersistentVolumeSource;
import io.towtank.api.Fields;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeSpecBuilder;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import io.towtank.api.VolumeNodeAffinity;
import io.towtank.volume.VolumeDrivers;
import io.towtank.volume.VolumeKeys;
import io.towtank.volume.VolumeMatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which volumes are to be made or deleted, and what they look like. */
final class Provisioning {
  /** Keeps a volume until its storage is deleted (KEP-2644). */
  static final String FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer";

  private Provisioning() {}

  /** Whether a volume is to be made for a claim (ProvisionController.shouldProvision). */
  static boolean isWanted(PersistentVolumeClaim claim, @Nullable StorageClass storageClass) {
    String volume = claim.spec().volumeName();
    return storageClass != null
        && (volume == null || volume.isEmpty())
        && claim.metadata().deletionTimestamp() == Timestamps.NONE
        && Objects.equals(VolumeDrivers.provisioner(storageClass.provisioner()), provisioner(claim))
        && (!VolumeMatch.waitsForConsumer(storageClass) || selectedNode(claim) != null);
  }

  /** Who is asked to make a claim's volume; null for nobody. */
  static @Nullable String provisioner(PersistentVolumeClaim claim) {
    String asked = claim.metadata().annotations().get(VolumeKeys.PROVISIONER);
    return asked != null ? asked : claim.metadata().annotations().get(VolumeKeys.BETA_PROVISIONER);
  }

  /** The node that the scheduler has chosen for a claim's first pod; null for none. */
  static @Nullable String selectedNode(PersistentVolumeClaim claim) {
    String node = claim.metadata().annotations().get(VolumeKeys.SELECTED_NODE);
    return node == null || node.isEmpty() ? null : node;
  }

  /** The name of the volume that is made for a claim. */
  static String name(PersistentVolumeClaim claim) {
    return "pvc-" + claim.metadata().uid();
  }

  /** The volume that is made for a claim. */
  static PersistentVolume volume(
      PersistentVolumeClaim claim,
      StorageClass storageClass,
      @Nullable VolumeNodeAffinity affinity) {
    String driver = VolumeDrivers.provisioner(storageClass.provisioner());
    String name = name(claim);
    ArrayNode mountOptions = JsonNodeFactory.instance.arrayNode();
    storageClass.mountOptions().forEach(mountOptions::add);
    return PersistentVolumeBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder()
                .name(name)
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .annotations(ImmutableMap.of(VolumeKeys.PROVISIONED_BY, driver))
                .finalizers(ImmutableList.of(FINALIZER))
                .build())
        .spec(
            PersistentVolumeSpecBuilder.builder()
                .capacity(ImmutableMap.of("storage", VolumeMatch.requested(claim)))
                .accessModes(claim.spec().accessModes())
                .claimRef(
                    new ObjectReference(
                        "v1",
                        "PersistentVolumeClaim",
                        claim.metadata().namespace(),
                        claim.name(),
                        claim.metadata().uid(),
                        String.valueOf(claim.resourceVersion()),
                        null,
                        Fields.NONE))
                .persistentVolumeReclaimPolicy(
                    Objects.requireNonNullElse(storageClass.reclaimPolicy(), "Delete"))
                .storageClassName(storageClass.name())
                .volumeMode(Objects.requireNonNullElse(claim.spec().volumeMode(), "Filesystem"))
                .nodeAffinity(affinity)
                .csi(new CsiPersistentVolumeSource(driver, name, Fields.NONE))
                .rest(
                    mountOptions.isEmpty()
                        ? Fields.NONE
                        : Fields.NONE.with("mountOptions", mountOptions))
                .build())
        .build();
  }

  /** Whether a volume's storage is to be deleted (ProvisionController.shouldDelete). */
  static boolean isUnwanted(PersistentVolume volume) {
    String provisioner = volume.metadata().annotations().get(VolumeKeys.PROVISIONED_BY);
    return provisioner != null
        && !VolumeDrivers.isBuiltIn(provisioner)
        && "Delete".equals(volume.spec().persistentVolumeReclaimPolicy())
        && volume.status() != null
        && "Released".equals(volume.status().phase())
        && (volume.metadata().deletionTimestamp() == Timestamps.NONE
            || volume.metadata().finalizers().contains(FINALIZER));
  }
}

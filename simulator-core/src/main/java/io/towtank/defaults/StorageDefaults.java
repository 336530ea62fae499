package io.towtank.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Volumes, claims and classes (pkg/apis/core/v1/defaults.go, pkg/apis/storage/v1/defaults.go). */
final class StorageDefaults {
  private StorageDefaults() {}

  static void claim(ObjectNode claim) {
    claimSpec(Absent.object(claim, "spec"));
    Absent.set(Absent.object(claim, "status"), "phase", "Pending");
  }

  static void claimSpec(ObjectNode spec) {
    Absent.set(spec, "volumeMode", "Filesystem");
  }

  static void volume(ObjectNode volume) {
    ObjectNode spec = Absent.object(volume, "spec");
    volumeSource(spec);
    Absent.set(spec, "persistentVolumeReclaimPolicy", "Retain");
    Absent.set(spec, "volumeMode", "Filesystem");
    Absent.set(Absent.object(volume, "status"), "phase", "Pending");
  }

  /** Sources that pods' volumes and persistent ones have in common. */
  static void volumeSource(ObjectNode source) {
    if (source.path("hostPath") instanceof ObjectNode path && !path.has("type")) {
      path.put("type", "");
    }
    if (source.path("iscsi") instanceof ObjectNode iscsi) {
      Absent.set(iscsi, "iscsiInterface", "default");
    }
    if (source.path("rbd") instanceof ObjectNode rbd) {
      Absent.set(rbd, "pool", "rbd");
      Absent.set(rbd, "user", "admin");
      Absent.set(rbd, "keyring", "/etc/ceph/keyring");
    }
    if (source.path("azureDisk") instanceof ObjectNode disk) {
      Absent.set(disk, "cachingMode", "ReadWrite");
      Absent.set(disk, "kind", "Shared");
      Absent.set(disk, "fsType", "ext4");
      Absent.set(disk, "readOnly", false);
    }
    if (source.path("scaleIO") instanceof ObjectNode scaleIo) {
      Absent.set(scaleIo, "storageMode", "ThinProvisioned");
      Absent.set(scaleIo, "fsType", "xfs");
    }
  }

  static void storageClass(ObjectNode document) {
    Absent.set(document, "reclaimPolicy", "Delete");
    Absent.set(document, "volumeBindingMode", "Immediate");
  }

  static void csiDriver(ObjectNode spec) {
    Absent.set(spec, "attachRequired", true);
    Absent.set(spec, "podInfoOnMount", false);
    Absent.set(spec, "storageCapacity", false);
    Absent.set(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
    Absent.set(spec, "requiresRepublish", false);
    Absent.set(spec, "seLinuxMount", false);
    if (spec.path("volumeLifecycleModes").isEmpty()) {
      spec.putArray("volumeLifecycleModes").add("Persistent");
    }
  }
}

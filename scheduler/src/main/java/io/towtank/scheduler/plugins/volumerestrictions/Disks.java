package io.towtank.scheduler.plugins.volumerestrictions;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.PodSpec;
import io.towtank.api.Volume;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Volumes that name a disk directly (kube-scheduler: isVolumeConflict). */
final class Disks {
  private Disks() {}

  /** Whether any volume names a disk. */
  static boolean any(PodSpec spec) {
    for (Volume volume : spec.volumes()) {
      if (get(volume, "gcePersistentDisk") != null
          || get(volume, "awsElasticBlockStore") != null
          || get(volume, "iscsi") != null
          || get(volume, "rbd") != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether two pods on one node would use the same disk in a way that it does not allow. */
  static boolean conflict(PodSpec one, PodSpec other) {
    for (Volume a : one.volumes()) {
      for (Volume b : other.volumes()) {
        if (conflict(a, b)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean conflict(Volume a, Volume b) {
    return (same(a, b, "gcePersistentDisk", "pdName") && !bothReadOnly(a, b, "gcePersistentDisk"))
        || same(a, b, "awsElasticBlockStore", "volumeID")
        || (same(a, b, "iscsi", "iqn") && !bothReadOnly(a, b, "iscsi"))
        || (same(a, b, "rbd", "image")
            && pool(a).equals(pool(b))
            && shareMonitor(a, b)
            && !bothReadOnly(a, b, "rbd"));
  }

  private static @Nullable JsonNode get(Volume volume, String source) {
    return volume.rest().get(source);
  }

  private static boolean same(Volume a, Volume b, String source, String field) {
    JsonNode mine = get(a, source);
    JsonNode its = get(b, source);
    return mine != null
        && its != null
        && mine.path(field).asText().equals(its.path(field).asText());
  }

  private static boolean bothReadOnly(Volume a, Volume b, String source) {
    JsonNode mine = get(a, source);
    JsonNode its = get(b, source);
    return mine != null
        && its != null
        && mine.path("readOnly").asBoolean()
        && its.path("readOnly").asBoolean();
  }

  private static String pool(Volume volume) {
    JsonNode rbd = get(volume, "rbd");
    return rbd == null ? "" : rbd.path("pool").asText("rbd");
  }

  private static boolean shareMonitor(Volume a, Volume b) {
    JsonNode mine = get(a, "rbd");
    JsonNode its = get(b, "rbd");
    if (mine == null || its == null) {
      return false;
    }
    Set<String> monitors = new HashSet<>();
    mine.path("monitors").forEach(monitor -> monitors.add(monitor.asText()));
    for (JsonNode monitor : its.path("monitors")) {
      if (monitors.contains(monitor.asText())) {
        return true;
      }
    }
    return false;
  }
}

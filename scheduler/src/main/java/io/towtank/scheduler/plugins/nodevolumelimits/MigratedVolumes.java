package io.towtank.scheduler.plugins.nodevolumelimits;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.PersistentVolume;
import io.towtank.api.Volume;
import io.towtank.volume.VolumeDrivers;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Volumes of the storage that Kubernetes once had built in. CSI drivers attach them today, so they
 * count as theirs (kubernetes: csi-translation-lib; kube-scheduler: isCSIMigrationOn has these of
 * them).
 */
final class MigratedVolumes {
  private static final ImmutableList<String> ZONE_LABELS =
      ImmutableList.of("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");
  private static final String UNSPECIFIED = "UNSPECIFIED";
  private static final String GCE = "gcePersistentDisk";
  private static final String AWS = "awsElasticBlockStore";

  /** How each source calls its volumes. */
  private static final ImmutableMap<String, String> IDS =
      ImmutableMap.of(
          AWS,
          "volumeID",
          GCE,
          "pdName",
          "azureDisk",
          "diskURI",
          "cinder",
          "volumeID",
          "portworxVolume",
          "volumeID");

  /** A volume as its driver knows it. */
  record Attachable(String driver, String handle) {
    /** Tells it from all other volumes. */
    String uniqueName() {
      return driver + "/" + handle;
    }
  }

  private MigratedVolumes() {}

  /** What a volume that a pod names itself is; null where no driver attaches it. */
  static @Nullable Attachable of(Volume volume) {
    return of(volume.rest(), UNSPECIFIED);
  }

  /** What a volume without a driver of its own is; null where no driver attaches it. */
  static @Nullable Attachable of(PersistentVolume volume) {
    String zone =
        ZONE_LABELS.stream()
            .map(volume.metadata().labels()::get)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(UNSPECIFIED);
    return of(volume.spec().rest(), zone);
  }

  private static @Nullable Attachable of(Fields volume, String zone) {
    for (Map.Entry<String, JsonNode> field : volume.byName().entrySet()) {
      String source = field.getKey();
      String id = IDS.get(source);
      String driver = id == null ? null : VolumeDrivers.ofSource(source);
      if (driver != null && field.getValue().isObject()) {
        return new Attachable(driver, handle(source, field.getValue().path(id).asText(), zone));
      }
    }
    return null;
  }

  private static String handle(String source, String id, String zone) {
    return switch (source) {
      case GCE ->
          zone.contains("__")
              ? "projects/UNSPECIFIED/regions/" + region(zone) + "/disks/" + id
              : "projects/UNSPECIFIED/zones/" + zone + "/disks/" + id;
      // As in aws://us-east-1a/vol-1234.
      case AWS -> id.startsWith("aws://") ? lastPart(id) : id;
      default -> id;
    };
  }

  /** The region of zones such as {@code us-central1-a__us-central1-b}. */
  private static String region(String zones) {
    String first = zones.substring(0, zones.indexOf("__"));
    int dash = first.lastIndexOf('-');
    return dash < 0 ? first : first.substring(0, dash);
  }

  private static String lastPart(String url) {
    String path = CharMatcher.is('/').trimTrailingFrom(url);
    return path.substring(path.lastIndexOf('/') + 1);
  }
}

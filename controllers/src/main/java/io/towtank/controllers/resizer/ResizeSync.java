package io.towtank.controllers.resizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimStatus;
import io.towtank.api.PersistentVolumeClaimStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.Timestamps;
import io.towtank.volume.VolumeDrivers;
import io.towtank.volume.VolumeMatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What comes next for a claim that asks for more than it has (KEP-284, KEP-1790).
 *
 * <pre>
 *   asks for more ─▶ Resizing ──the driver has grown the volume──▶ FileSystemResizePending
 *                                      │ block device                      │ a pod runs with it
 *                                      └───────────▶ as large as asked ◀───┘
 * </pre>
 */
final class ResizeSync {
  /** A condition of a claim while its volume grows. */
  static final String RESIZING = "Resizing";

  /** A condition of a claim while its file system has still to grow. */
  static final String FILE_SYSTEM_PENDING = "FileSystemResizePending";

  /** What comes next. */
  enum Step {
    /** Nothing. */
    NOTHING,
    /** The driver grows the volume. */
    GROW_VOLUME,
    /** The volume is large enough: it is said that the file system is not. */
    ASK_NODE,
    /** The file system grows under a running pod. */
    GROW_FILE_SYSTEM,
    /** The volume is large enough, and there is no file system. */
    FINISH
  }

  private ResizeSync() {}

  /**
   * What comes next.
   *
   * @param runs whether a pod that uses the claim runs
   */
  static Step next(PersistentVolumeClaim claim, @Nullable PersistentVolume volume, boolean runs) {
    PersistentVolumeClaimStatus status = claim.status();
    if (status == null
        || !"Bound".equals(status.phase())
        || claim.metadata().deletionTimestamp() != Timestamps.NONE
        || volume == null
        || VolumeDrivers.driver(volume) == null
        || VolumeMatch.requested(claim).compareTo(has(status)) <= 0) {
      return Step.NOTHING;
    }
    if (VolumeMatch.capacity(volume).compareTo(VolumeMatch.requested(claim)) < 0) {
      return Step.GROW_VOLUME;
    }
    if ("Block".equals(claim.spec().volumeMode())) {
      return Step.FINISH;
    }
    if (!hasCondition(status, FILE_SYSTEM_PENDING)) {
      return Step.ASK_NODE;
    }
    return runs ? Step.GROW_FILE_SYSTEM : Step.NOTHING;
  }

  private static Quantity has(PersistentVolumeClaimStatus status) {
    return status.capacity().getOrDefault("storage", Quantity.ZERO);
  }

  /** Whether a claim has a condition. */
  static boolean hasCondition(PersistentVolumeClaimStatus status, String type) {
    JsonNode conditions = status.rest().get("conditions");
    if (conditions != null) {
      for (JsonNode condition : conditions) {
        if (condition.path("type").asText().equals(type)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A claim's status while its volume grows. */
  static PersistentVolumeClaimStatus resizing(PersistentVolumeClaim claim, long epochNanos) {
    return with(
        claim,
        condition(RESIZING, "", epochNanos),
        "ControllerResizeInProgress",
        VolumeMatch.requested(claim));
  }

  /** A claim's status while its file system has still to grow. */
  static PersistentVolumeClaimStatus fileSystemPending(
      PersistentVolumeClaim claim, long epochNanos) {
    return with(
        claim,
        condition(
            FILE_SYSTEM_PENDING,
            "Waiting for user to (re-)start a pod to finish file system resize of volume on node.",
            epochNanos),
        "NodeResizePending",
        VolumeMatch.requested(claim));
  }

  /** A claim's status when all has grown. */
  static PersistentVolumeClaimStatus done(PersistentVolumeClaim claim, PersistentVolume volume) {
    PersistentVolumeClaimStatus status = Objects.requireNonNull(claim.status());
    return PersistentVolumeClaimStatusBuilder.builder(status)
        .capacity(ImmutableMap.of("storage", VolumeMatch.capacity(volume)))
        .rest(
            status
                .rest()
                .with("conditions", null)
                .with("allocatedResourceStatuses", null)
                .with("allocatedResources", sizes(VolumeMatch.capacity(volume))))
        .build();
  }

  private static ObjectNode sizes(Quantity size) {
    return JsonNodeFactory.instance.objectNode().put("storage", size.toString());
  }

  private static PersistentVolumeClaimStatus with(
      PersistentVolumeClaim claim, ObjectNode condition, String progress, Quantity size) {
    PersistentVolumeClaimStatus status = Objects.requireNonNull(claim.status());
    ArrayNode conditions = JsonNodeFactory.instance.arrayNode().add(condition);
    Fields rest =
        status
            .rest()
            .with("conditions", conditions)
            .with("allocatedResources", sizes(size))
            .with(
                "allocatedResourceStatuses",
                JsonNodeFactory.instance.objectNode().put("storage", progress));
    return PersistentVolumeClaimStatusBuilder.builder(status).rest(rest).build();
  }

  private static ObjectNode condition(String type, String message, long epochNanos) {
    ObjectNode condition = JsonNodeFactory.instance.objectNode();
    condition.put("type", type);
    condition.put("status", "True");
    condition.putNull("lastProbeTime");
    condition.put("lastTransitionTime", Timestamps.format(Timestamps.toSecond(epochNanos)));
    if (!message.isEmpty()) {
      condition.put("message", message);
    }
    return condition;
  }
}

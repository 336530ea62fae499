package io.towtank.volume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolume;
import io.towtank.api.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** VolumeAttachment objects (storage.k8s.io/v1): a volume is, or is to be, attached to a node. */
public final class VolumeAttachments {
  /** Their kind. */
  public static final Kind<GenericObject> KIND =
      Kinds.generic("storage.k8s.io/v1", "VolumeAttachment");

  /** The kind CSIDriver, which says whether a driver's volumes are attached at all. */
  public static final Kind<GenericObject> CSI_DRIVER =
      Kinds.generic("storage.k8s.io/v1", "CSIDriver");

  private VolumeAttachments() {}

  /** The name of the attachment of a volume to a node (csi_attacher.go: getAttachmentName). */
  public static String name(String driver, PersistentVolume volume, String node) {
    return "csi-"
        + Hashing.sha256()
            .hashString(VolumeDrivers.handle(volume) + driver + node, StandardCharsets.UTF_8);
  }

  /** The finalizer that keeps an attachment until its volume is detached. */
  public static String finalizer(String driver) {
    return "external-attacher/" + driver.replaceAll("[^A-Za-z0-9-]", "-");
  }

  /** An attachment that is wanted and is not there yet. */
  public static GenericObject create(String driver, PersistentVolume volume, String node) {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.put("attacher", driver);
    spec.put("nodeName", node);
    spec.putObject("source").put("persistentVolumeName", volume.name());
    TreeMap<String, JsonNode> content = new TreeMap<>();
    content.put("spec", spec);
    return new GenericObject(
        KIND,
        ObjectMetaBuilder.builder()
            .name(name(driver, volume, node))
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .finalizers(ImmutableList.of(finalizer(driver)))
            .build(),
        0,
        Fields.of(content));
  }

  /** An attachment that is there. */
  public static GenericObject attached(GenericObject attachment) {
    return attachment.with("status", JsonNodeFactory.instance.objectNode().put("attached", true));
  }

  /** Whether the volume is attached. */
  public static boolean isAttached(GenericObject attachment) {
    JsonNode status = attachment.content().get("status");
    return status != null && status.path("attached").asBoolean();
  }

  /** The node of an attachment. */
  public static String node(GenericObject attachment) {
    JsonNode spec = attachment.content().get("spec");
    return spec == null ? "" : spec.path("nodeName").asText();
  }

  /** The name of the volume of an attachment. */
  public static String volume(GenericObject attachment) {
    JsonNode spec = attachment.content().get("spec");
    return spec == null ? "" : spec.path("source").path("persistentVolumeName").asText();
  }

  /** Who attaches the volume. */
  public static String driver(GenericObject attachment) {
    JsonNode spec = attachment.content().get("spec");
    return spec == null ? "" : spec.path("attacher").asText();
  }

  /** Whether the volumes of a driver have to be attached, as they have where nothing is said. */
  public static boolean attaches(GenericObject csiDriver) {
    JsonNode spec = csiDriver.content().get("spec");
    return spec == null || spec.path("attachRequired").asBoolean(true);
  }
}

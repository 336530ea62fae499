package io.towtank.scheduler.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.towtank.api.GenericObject;

/**
 * That a volume is attached to a node, or is to be (kubernetes: VolumeAttachment), as much of it as
 * is read.
 *
 * @param attacher the driver's name
 * @param node the node's name
 * @param volume the PersistentVolume's name, empty where it is another's volume
 */
public record VolumeAttachment(String attacher, String node, String volume) {
  /** The kind's name. */
  public static final String KIND = "VolumeAttachment";

  /** What an object says. */
  public static VolumeAttachment of(GenericObject object) {
    JsonNode given = object.content().get("spec");
    JsonNode spec = given == null ? MissingNode.getInstance() : given;
    return new VolumeAttachment(
        spec.path("attacher").asText(),
        spec.path("nodeName").asText(),
        spec.path("source").path("persistentVolumeName").asText());
  }
}

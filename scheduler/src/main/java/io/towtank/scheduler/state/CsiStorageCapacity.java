package io.towtank.scheduler.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelector;
import io.towtank.api.Quantity;
import io.towtank.api.Selector;
import io.towtank.codec.ObjectCodec;
import org.jspecify.annotations.Nullable;

/**
 * How large a volume of a class can be made for the nodes of a topology segment (kubernetes:
 * CSIStorageCapacity), as much of it as is read.
 *
 * @param storageClass the class's name
 * @param nodes whose labels they match; null where the segment is not known: no node
 * @param limitBytes of one volume; null where nothing can be made
 */
public record CsiStorageCapacity(
    String storageClass, @Nullable Selector nodes, @Nullable Long limitBytes) {
  /** Their kind. */
  public static final Kind<GenericObject> KIND =
      Kinds.generic("storage.k8s.io/v1", "CSIStorageCapacity");

  /** Whether a CSIDriver says that it tells by such objects how much room it has. */
  public static boolean isToldBy(GenericObject csiDriver) {
    JsonNode spec = csiDriver.content().get("spec");
    return spec != null && spec.path("storageCapacity").asBoolean();
  }

  /** What an object says, whose quantities were checked when it was made. */
  public static CsiStorageCapacity of(GenericObject object) {
    JsonNode topology = object.content().get("nodeTopology");
    Long maximum = bytes(object, "maximumVolumeSize");
    JsonNode name = object.content().get("storageClassName");
    return new CsiStorageCapacity(
        name == null ? "" : name.asText(),
        topology == null || topology.isNull()
            ? null
            : Selector.of(ObjectCodec.readPart(LabelSelector.class, topology)),
        maximum == null ? bytes(object, "capacity") : maximum);
  }

  private static @Nullable Long bytes(GenericObject object, String field) {
    JsonNode quantity = object.content().get(field);
    return quantity == null || quantity.isNull() ? null : Quantity.parse(quantity.asText()).value();
  }

  /** Whether a volume of a class and size can be made for a node (kube-scheduler: capacity.go). */
  public boolean suffices(
      String wantedClass, long sizeBytes, ImmutableMap<String, String> nodeLabels) {
    return storageClass.equals(wantedClass)
        && limitBytes != null
        && limitBytes >= sizeBytes
        && nodes != null
        && nodes.matches(nodeLabels);
  }
}

package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Quantity;
import io.towtank.volume.ProvisionerBehaviour;
import java.util.Map;

/** Claims, volumes and their classes (pkg/apis/core/validation, pkg/apis/storage/validation). */
final class StorageRules {
  private static final ImmutableSet<String> NO_SOURCE =
      ImmutableSet.of(
          "capacity",
          "accessModes",
          "claimRef",
          "persistentVolumeReclaimPolicy",
          "storageClassName",
          "mountOptions",
          "volumeMode",
          "nodeAffinity",
          "volumeAttributesClassName");

  private StorageRules() {}

  static void claim(Subject spec) {
    if (!spec.isPresent()) {
      return;
    }
    if (spec.at("accessModes").isEmpty()) {
      spec.at("accessModes").required("at least 1 access mode is required");
    }
    MetadataRules.selector(spec.at("selector"));
    Subject storage = spec.at("resources", "requests").entries().get("storage");
    if (storage == null) {
      spec.at("resources").requiredKey("storage");
    } else {
      positive(storage);
    }
    if (!spec.at("storageClassName").isEmpty()) {
      spec.at("storageClassName").require(NameCheck.DNS_SUBDOMAIN);
    }
  }

  static void volume(Subject spec) {
    if (spec.at("accessModes").isEmpty()) {
      spec.at("accessModes").required("at least 1 access mode is required");
    }
    if (spec.at("capacity").isEmpty()) {
      spec.at("capacity").required("storage: how large the volume is");
    }
    Amounts.resources(spec.at("capacity"));
    for (Map.Entry<String, Subject> amount : spec.at("capacity").entries().entrySet()) {
      positive(amount.getValue());
    }
    int sources = 0;
    for (Map.Entry<String, JsonNode> field : spec.node().properties()) {
      if (!NO_SOURCE.contains(field.getKey()) && field.getValue().isObject() && ++sources > 1) {
        spec.at(field.getKey()).forbidden("may not specify more than 1 volume type");
      }
    }
    if (sources == 0) {
      spec.required("must specify a volume type");
    }
    Subject affinity = spec.at("nodeAffinity");
    if (spec.at("local").isPresent() && !affinity.isPresent()) {
      affinity.required("Local volume requires node affinity");
    }
    PodRules.nodeSelector(affinity.at("required"));
  }

  static void storageClass(Subject document) {
    Subject provisioner = document.at("provisioner");
    if (provisioner.node().isTextual()) {
      provisioner.requirePresent();
      provisioner.require(NameCheck.QUALIFIED_NAME);
    }
    Subject annotations = document.at("metadata", "annotations");
    for (Map.Entry<String, Subject> entry : annotations.entries().entrySet()) {
      String problem = ProvisionerBehaviour.problem(entry.getKey(), entry.getValue().text());
      if (problem != null) {
        entry.getValue().invalid(problem);
      }
    }
  }

  private static void positive(Subject amount) {
    Quantity quantity = amount.quantity();
    if (quantity != null && quantity.compareTo(Quantity.of(0)) <= 0) {
      amount.invalid("must be greater than zero");
    }
  }
}

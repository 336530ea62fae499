package io.towtank.controllers.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import java.util.Objects;

/**
 * Where the objects of a kind say how many replicas they are to have and do have, and what selects
 * their pods (CustomResourceDefinition: subresources.scale): names of fields, one within another.
 *
 * @param selector empty where nothing selects pods
 */
record ScalePaths(
    ImmutableList<String> specReplicas,
    ImmutableList<String> statusReplicas,
    ImmutableList<String> selector) {
  static final Kind<GenericObject> DEFINITION =
      Kinds.generic("apiextensions.k8s.io/v1", "CustomResourceDefinition");

  /** Where all kinds have it that are nobody's own. */
  static final ScalePaths USUAL =
      new ScalePaths(
          ImmutableList.of("spec", "replicas"),
          ImmutableList.of("status", "replicas"),
          ImmutableList.of("status", "selector"));

  /** Whether a definition is that of a kind. */
  static boolean defines(GenericObject definition, Kind<?> kind) {
    JsonNode spec = definition.content().get("spec");
    return spec != null
        && spec.path("group").asText().equals(kind.group())
        && spec.path("names").path("kind").asText().equals(kind.name());
  }

  /** The scale that a definition gives a version; missing where it gives none. */
  static JsonNode scale(GenericObject definition, String version) {
    JsonNode spec = definition.content().get("spec");
    if (spec != null) {
      for (JsonNode candidate : spec.path("versions")) {
        if (candidate.path("name").asText().equals(version)) {
          return candidate.path("subresources").path("scale");
        }
      }
    }
    return MissingNode.getInstance();
  }

  /** As {@code specReplicasPath} and its like say it: {@code .spec.replicas}. */
  static ScalePaths of(JsonNode scale) {
    return new ScalePaths(
        path(scale.path("specReplicasPath").asText()),
        path(scale.path("statusReplicasPath").asText()),
        path(scale.path("labelSelectorPath").asText()));
  }

  private static ImmutableList<String> path(String text) {
    return ImmutableList.copyOf(Splitter.on('.').omitEmptyStrings().split(text));
  }

  /** What stands at a place; missing where nothing does. */
  static JsonNode at(GenericObject object, ImmutableList<String> path) {
    JsonNode at = path.isEmpty() ? null : object.content().get(path.getFirst());
    for (int i = 1; at != null && i < path.size(); i++) {
      at = at.get(path.get(i));
    }
    return at == null ? MissingNode.getInstance() : at;
  }

  /** An object with other replicas. */
  GenericObject scaled(GenericObject object, int replicas) {
    // Whoever says its replicas has what they stand in.
    ObjectNode whole =
        Objects.requireNonNull(object.content().get(specReplicas.getFirst())).deepCopy();
    ObjectNode around = whole;
    for (String name : specReplicas.subList(1, specReplicas.size() - 1)) {
      around = around.withObjectProperty(name);
    }
    around.put(specReplicas.getLast(), replicas);
    return object.with(specReplicas.getFirst(), whole);
  }
}

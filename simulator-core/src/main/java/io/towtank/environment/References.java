package io.towtank.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.PodSpec;
import io.towtank.api.Volume;
import org.jspecify.annotations.Nullable;

/** The ConfigMaps and Secrets that have to be there for the containers of a pod to start. */
public final class References {
  // kube-apiserver: ServiceAccount admission, DefaultAPITokenMountPath's volume
  private static final String TOKEN_VOLUME = "kube-api-access-";

  private References() {}

  /** Those of a container's variables, in the order in which the kubelet reads them. */
  public static ImmutableList<Reference> of(Container container) {
    ImmutableList.Builder<Reference> references = ImmutableList.builder();
    for (JsonNode source : list(container, "envFrom")) {
      add(references, Reference.Source.CONFIG_MAP, source.path("configMapRef"), null);
      add(references, Reference.Source.SECRET, source.path("secretRef"), null);
    }
    for (JsonNode variable : list(container, "env")) {
      JsonNode map = variable.path("valueFrom").path("configMapKeyRef");
      add(references, Reference.Source.CONFIG_MAP, map, map.path("key").asText());
      JsonNode secret = variable.path("valueFrom").path("secretKeyRef");
      add(references, Reference.Source.SECRET, secret, secret.path("key").asText());
    }
    return references.build();
  }

  /** Those of a pod's volumes, by the volumes' names; without volumes that have none. */
  public static ImmutableMap<String, ImmutableList<Reference>> ofVolumes(PodSpec spec) {
    ImmutableMap.Builder<String, ImmutableList<Reference>> byVolume = ImmutableMap.builder();
    for (Volume volume : spec.volumes()) {
      if (!volume.name().startsWith(TOKEN_VOLUME)) {
        ImmutableList<Reference> references = of(volume);
        if (!references.isEmpty()) {
          byVolume.put(volume.name(), references);
        }
      }
    }
    return byVolume.buildKeepingLast();
  }

  private static ImmutableList<Reference> of(Volume volume) {
    ImmutableList.Builder<Reference> references = ImmutableList.builder();
    addFiles(references, Reference.Source.CONFIG_MAP, field(volume, "configMap"), "name");
    addFiles(references, Reference.Source.SECRET, field(volume, "secret"), "secretName");
    for (JsonNode source : field(volume, "projected").path("sources")) {
      addFiles(references, Reference.Source.CONFIG_MAP, source.path("configMap"), "name");
      addFiles(references, Reference.Source.SECRET, source.path("secret"), "name");
    }
    return references.build();
  }

  private static void addFiles(
      ImmutableList.Builder<Reference> references,
      Reference.Source what,
      JsonNode source,
      String nameField) {
    if (!source.isObject()) {
      return;
    }
    String name = source.path(nameField).asText();
    boolean optional = source.path("optional").asBoolean();
    references.add(new Reference(what, name, null, optional));
    for (JsonNode item : source.path("items")) {
      references.add(new Reference(what, name, item.path("key").asText(), optional));
    }
  }

  private static void add(
      ImmutableList.Builder<Reference> references,
      Reference.Source what,
      JsonNode source,
      @Nullable String key) {
    if (source.isObject()) {
      references.add(
          new Reference(
              what, source.path("name").asText(), key, source.path("optional").asBoolean()));
    }
  }

  static JsonNode list(Container container, String field) {
    JsonNode list = container.rest().get(field);
    return list == null ? MissingNode.getInstance() : list;
  }

  private static JsonNode field(Volume volume, String field) {
    JsonNode value = volume.rest().get(field);
    return value == null ? MissingNode.getInstance() : value;
  }
}

package io.towtank.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The ConfigMaps and Secrets that there are. */
public final class Configuration {
  /** The kind ConfigMap. */
  public static final Kind<GenericObject> CONFIG_MAP = Kinds.generic("v1", "ConfigMap");

  /** The kind Secret. */
  public static final Kind<GenericObject> SECRET = Kinds.generic("v1", "Secret");

  /** Finds an object. */
  @FunctionalInterface
  public interface Lookup {
    /** The ConfigMap or Secret of that name; null where there is none. */
    @Nullable GenericObject find(Kind<GenericObject> kind, String namespace, String name);
  }

  private final Lookup lookup;

  /** Looks objects up whenever it is asked for them. */
  public Configuration(Lookup lookup) {
    this.lookup = lookup;
  }

  @Nullable GenericObject find(Reference reference, String namespace) {
    return lookup.find(
        reference.what() == Reference.Source.SECRET ? SECRET : CONFIG_MAP,
        namespace,
        reference.name());
  }

  /**
   * Why a container with that reference cannot be created (kubelet: makeEnvironmentVariables); null
   * where it can.
   */
  public @Nullable String problemOfVariable(Reference reference, String namespace) {
    GenericObject object = find(reference, namespace);
    if (reference.optional() || (object != null && has(object, reference.key()))) {
      return null;
    }
    return object == null
        ? notFound(reference)
        : "couldn't find key "
            + reference.key()
            + " in "
            + reference.what().kind
            + " "
            + namespace
            + "/"
            + reference.name();
  }

  /**
   * Why a volume with that reference cannot be mounted (kubelet: volume/configmap, volume/secret);
   * null where it can.
   */
  public @Nullable String problemOfFile(Reference reference, String namespace) {
    GenericObject object = find(reference, namespace);
    if (reference.optional() || (object != null && has(object, reference.key()))) {
      return null;
    }
    return object == null
        ? notFound(reference)
        : "references non-existent " + reference.what().keys + " key: " + reference.key();
  }

  private static String notFound(Reference reference) {
    return reference.what().resource + " \"" + reference.name() + "\" not found";
  }

  private static boolean has(GenericObject object, @Nullable String key) {
    if (key == null) {
      return true;
    }
    for (String field : new String[] {"data", "binaryData", "stringData"}) {
      JsonNode data = object.content().get(field);
      if (data != null && data.has(key)) {
        return true;
      }
    }
    return false;
  }

  /** What an object holds, as text, by its keys; those of binary data are left out. */
  static ImmutableSortedMap<String, String> data(GenericObject object) {
    Map<String, String> values = new TreeMap<>();
    boolean encoded = object.kind().equals(SECRET);
    JsonNode data = object.content().get("data");
    if (data != null) {
      data.properties()
          .forEach(entry ->
              values.put(
                  entry.getKey(),
                  encoded ? decoded(entry.getValue().asText()) : entry.getValue().asText()));
    }
    JsonNode plain = object.content().get("stringData");
    if (plain != null && encoded) {
      plain.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
    }
    return ImmutableSortedMap.copyOf(values);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Objects.requireNonNull(base64);
    }
  }
}

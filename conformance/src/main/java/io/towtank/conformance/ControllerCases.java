package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.Timestamps;
import io.towtank.codec.ObjectCodec;
import java.util.Collection;

/** How the files of {@code controllers/} write what goes in and what comes out. */
final class ControllerCases {
  private ControllerCases() {}

  /** A name that tells which of the generated states it is. */
  static String name(String kind, JsonNode document) {
    return kind + " " + document.path("now").asText();
  }

  /** When the sync took place, in nanoseconds since 1970. */
  static long now(JsonNode document) {
    return Timestamps.parse(document.path("now").asText());
  }

  /** An object. */
  static <T extends KubeObject> T object(Kind<T> kind, JsonNode document) {
    return ObjectCodec.read(kind, document);
  }

  /** A list of objects; null is an empty one. */
  static <T extends KubeObject> ImmutableList<T> objects(Kind<T> kind, JsonNode list) {
    ImmutableList.Builder<T> objects = ImmutableList.builder();
    list.forEach(document -> objects.add(ObjectCodec.read(kind, document)));
    return objects.build();
  }

  /** Puts a list of texts as Go writes a slice: an empty one is null. */
  static void put(ObjectNode node, String field, Collection<String> texts) {
    if (texts.isEmpty()) {
      node.putNull(field);
    } else {
      ArrayNode array = node.putArray(field);
      texts.forEach(array::add);
    }
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}

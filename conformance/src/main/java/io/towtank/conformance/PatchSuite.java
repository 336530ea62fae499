package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.patch.PatchException;
import io.towtank.patch.PatchType;
import io.towtank.patch.Patches;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;

/** Patches of an object, by the three content types. */
final class PatchSuite {
  private PatchSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("type", "object", "patch"),
        document -> document.path("type").asText() + " " + document.path("patch"),
        PatchSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    ObjectNode outcome = JsonNodeFactory.instance.objectNode();
    String contentType = document.path("type").asText();
    PatchType type =
        PatchType.ofContentType(contentType)
            .orElseThrow(() -> new IllegalArgumentException("no patch type " + contentType));
    JsonNode object = document.path("object");
    try {
      outcome.set("result", Patches.apply(type, object, document.path("patch"), kind(object)));
    } catch (PatchException e) {
      outcome.put("error", e.getMessage());
    }
    return outcome;
  }

  private static Kind<?> kind(JsonNode object) {
    String apiVersion = object.path("apiVersion").asText();
    String name = object.path("kind").asText();
    ApiResource resource = Schema.builtIn().resource(apiVersion, name);
    if (resource == null) {
      throw new IllegalArgumentException("no kind " + name + " in " + apiVersion);
    }
    return new Kind<>(
        GenericObject.class,
        resource.group(),
        resource.version(),
        resource.kind(),
        resource.plural(),
        resource.namespaced(),
        resource.hasStatus(),
        ImmutableList.copyOf(resource.shortNames()));
  }
}

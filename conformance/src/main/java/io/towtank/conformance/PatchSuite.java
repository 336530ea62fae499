package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.patch.PatchException;
import io.towtank.patch.PatchType;
import io.towtank.patch.Patches;

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
      outcome.set(
          "result", Patches.apply(type, object, document.path("patch"), Documents.kind(object)));
    } catch (PatchException e) {
      outcome.put("error", e.getMessage());
    }
    return outcome;
  }
}

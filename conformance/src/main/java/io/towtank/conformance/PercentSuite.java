package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.IntOrString;

/** Numbers and percentages of a total, rounded up and down. */
final class PercentSuite {
  private PercentSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("value", "total"),
        document -> document.path("value") + " of " + document.path("total"),
        PercentSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    ObjectNode outcome = JsonNodeFactory.instance.objectNode();
    IntOrString value = IntOrString.parse(document.path("value").asText());
    int total = document.path("total").asInt();
    try {
      outcome.put("roundedDown", value.scaled(total, false));
      outcome.put("roundedUp", value.scaled(total, true));
    } catch (IllegalArgumentException e) {
      outcome.put("error", e.getMessage());
    }
    return outcome;
  }
}

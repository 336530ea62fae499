package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Quantity;
import java.util.Optional;

/** Pairs of quantities: how they are read and written, compared, added and subtracted. */
final class QuantitySuite {
  /** Above it, recordings leave milliValue out (resource.MaxMilliValue). */
  private static final long MAX_MILLI_VALUE = Long.MAX_VALUE / 1000;

  private QuantitySuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("a", "b"),
        document -> document.path("a") + " and " + document.path("b"),
        QuantitySuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    ObjectNode outcome = JsonNodeFactory.instance.objectNode();
    Optional<Quantity> a = parse(document.path("a").asText(), outcome.putObject("parsedA"));
    Optional<Quantity> b = parse(document.path("b").asText(), outcome.putObject("parsedB"));
    if (a.isPresent() && b.isPresent()) {
      outcome.put("compare", a.get().compareTo(b.get()));
      outcome.put("sum", a.get().add(b.get()).toString());
      outcome.put("difference", a.get().subtract(b.get()).toString());
    }
    return outcome;
  }

  private static Optional<Quantity> parse(String text, ObjectNode parsed) {
    Quantity quantity;
    try {
      quantity = Quantity.parse(text);
    } catch (IllegalArgumentException e) {
      parsed.put("error", e.getMessage());
      return Optional.empty();
    }
    parsed.put("canonical", quantity.toString());
    parsed.put("sign", quantity.sign());
    parsed.put("value", Long.toString(quantity.value()));
    if (quantity.value() <= MAX_MILLI_VALUE && quantity.value() >= -MAX_MILLI_VALUE) {
      parsed.put("milliValue", Long.toString(quantity.milliValue()));
    }
    return Optional.of(quantity);
  }
}

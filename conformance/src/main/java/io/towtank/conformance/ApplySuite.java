package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.apply.ApplyException;
import io.towtank.apply.ServerSideApply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sequences of server-side applies and updates of one object; each step is a case. */
final class ApplySuite implements Suite {
  /** Any time: what is recorded has none, and equal times sort managers by name. */
  private static final long NOW = 1_700_000_000_000_000_000L;

  @Override
  public List<CaseResult> check(JsonNode document) {
    List<CaseResult> results = new ArrayList<>();
    ObjectNode live = null;
    for (JsonNode step : document.path("steps")) {
      ObjectNode actual = JsonNodeFactory.instance.objectNode();
      try {
        live = run(live, step);
        actual.set("result", normalized(live));
      } catch (ApplyException e) {
        actual.put("error", e.getMessage());
      }
      ObjectNode expected = JsonNodeFactory.instance.objectNode();
      if (step.has("error")) {
        expected.set("error", step.get("error"));
      } else {
        expected.set("result", normalized(step.path("result")));
      }
      results.add(
          new CaseResult(
              document.path("name").asText()
                  + " step "
                  + (results.size() + 1)
                  + ": "
                  + step.path("operation").asText()
                  + " by "
                  + step.path("fieldManager").asText(),
              expected,
              Comparison.ALL_BUT_WORDING.aligned(expected, actual),
              Comparison.ALL_BUT_WORDING.differences(expected, actual)));
    }
    return results;
  }

  private static ObjectNode run(@Nullable ObjectNode live, JsonNode step) {
    String operation = step.path("operation").asText();
    return switch (operation) {
      case "apply" -> apply(live, step);
      case "update" -> update(live, step);
      default -> throw new IllegalArgumentException("no operation \"" + operation + "\"");
    };
  }

  private static ObjectNode apply(@Nullable ObjectNode live, JsonNode step) {
    ObjectNode configuration = (ObjectNode) step.path("document");
    return ServerSideApply.of(Documents.kind(configuration))
        .apply(
            live,
            configuration,
            step.path("fieldManager").asText(),
            step.path("force").asBoolean(),
            NOW);
  }

  private static ObjectNode update(@Nullable ObjectNode live, JsonNode step) {
    if (live == null) {
      throw new IllegalArgumentException("nothing has been applied that could be updated");
    }
    ObjectNode updated = live.deepCopy();
    updated.withObject("/spec").set("replicas", step.path("setReplicas"));
    return ServerSideApply.of(Documents.kind(live))
        .update(live, updated, step.path("fieldManager").asText(), "", NOW);
  }

  /**
   * Without times, and without what is empty: recorded objects have been through Go's types, which
   * write out empty parts that nobody has set. Managed fields are compared as they are.
   */
  private static JsonNode normalized(JsonNode node) {
    if (node.isArray()) {
      ArrayNode elements = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> elements.add(normalized(element)));
      return elements;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().equals("managedFields")) {
        ArrayNode managers = field.getValue().deepCopy();
        managers.forEach(manager -> ((ObjectNode) manager).remove("time"));
        kept.set("managedFields", managers);
        continue;
      }
      JsonNode value = normalized(field.getValue());
      if (!value.isNull() && !(value.isContainerNode() && value.isEmpty())) {
        kept.set(field.getKey(), value);
      }
    }
    return kept;
  }
}

package io.towtank.scenarios.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.controllers.verticalpodautoscaler.Recommended;
import java.util.List;

/** What vertical autoscalers recommend, as a part of {@link SummaryJson}: cores and bytes. */
final class RecommendationsJson {
  private RecommendationsJson() {}

  static ObjectNode of(List<Recommended> recommendations) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (Recommended one : recommendations) {
      ObjectNode container =
          json.withObjectProperty(SummaryJson.name(one.autoscaler().toString()))
              .putObject(one.container());
      container.put("pods", one.pods());
      one.resources()
          .forEach((resource, amounts) -> {
            ObjectNode of = container.putObject(resource);
            of.set("requests", number(amounts.requestsMilli()));
            of.set("target", number(amounts.targetMilli()));
            of.set("lowerBound", number(amounts.lowerBoundMilli()));
            of.set("upperBound", number(amounts.upperBoundMilli()));
            of.set("saved", number(one.savedMilli(resource)));
          });
    }
    return json;
  }

  private static JsonNode number(long milli) {
    return SummaryJson.number(milli / 1000.0);
  }
}

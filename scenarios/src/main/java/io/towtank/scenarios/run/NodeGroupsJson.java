package io.towtank.scenarios.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.autoscaler.CloudProvider;
import io.towtank.autoscaler.ScalingDecision;

/** What came of node groups, as a part of {@link SummaryJson}. */
final class NodeGroupsJson {
  private NodeGroupsJson() {}

  static ObjectNode of(RunSummary.NodeGroups groups) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("added", groups.added()).put("removed", groups.removed());
    json.set("nodeHours", SummaryJson.number(groups.nodeHours()));
    json.set("cost", SummaryJson.number(groups.cost()));
    ObjectNode pools = json.putObject("pools");
    for (CloudProvider.Use use : groups.groups()) {
      ObjectNode pool = pools.putObject(use.group().name());
      pool.put("nodes", use.machines())
          .put("peak", use.peak())
          .put("added", use.added())
          .put("removed", use.removed())
          .put("neverCame", use.lost());
      pool.set("nodeHours", SummaryJson.number(use.nodeHours()));
      pool.set("cost", SummaryJson.number(use.cost()));
    }
    ArrayNode sizes = json.putArray("sizes");
    for (CloudProvider.Size size : groups.sizes()) {
      ObjectNode entry = sizes.addObject();
      entry.set("at", SummaryJson.seconds(size.atNanos()));
      entry
          .put("pool", size.group().name())
          .put("requested", size.machines())
          .put("running", size.running());
    }
    ArrayNode decisions = json.putArray("decisions");
    groups.decisions().forEach(decision -> decisions.add(decision(decision)));
    return json;
  }

  private static ObjectNode decision(ScalingDecision decision) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("at", SummaryJson.seconds(decision.atNanos()));
    switch (decision) {
      case ScalingDecision.ScaleUp up -> {
        json.put("decision", "scaleUp")
            .put("pool", up.group().name())
            .put("from", up.from())
            .put("to", up.to())
            .put("pods", up.pods());
        ArrayNode options = json.putArray("options");
        for (ScalingDecision.Considered option : up.options()) {
          ObjectNode entry = options.addObject();
          entry.put("pool", option.group()).put("nodes", option.nodes()).put("pods", option.pods());
          entry.set("idleCpu", SummaryJson.number(option.wastedCpu()));
          entry.set("idleMemory", SummaryJson.number(option.wastedMemory()));
          entry.set("pricePerHour", SummaryJson.number(option.pricePerHour()));
        }
      }
      case ScalingDecision.ScaleDown down -> {
        json.put("decision", "scaleDown")
            .put("pool", down.group().name())
            .put("node", down.node())
            .put("pods", down.pods());
        json.set("utilization", SummaryJson.number(down.utilization()));
        json.set("unneededFor", SummaryJson.seconds(down.unneededNanos()));
      }
      case ScalingDecision.Failure failure ->
          json.put("decision", "failure")
              .put("pool", failure.group().name())
              .put("message", failure.message());
    }
    return json;
  }
}

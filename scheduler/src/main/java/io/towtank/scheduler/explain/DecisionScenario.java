package io.towtank.scheduler.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.codec.ObjectCodec;
import io.towtank.scheduler.OfflineScheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.Ties;

/**
 * A cluster, pods to schedule on it, and what is decided: the format of recorded decisions ({@code
 * name}, {@code schedulerConfig}, {@code objects}, {@code queue}, {@code sequential}).
 */
public final class DecisionScenario {
  private DecisionScenario() {}

  /**
   * Decides for the pods of a scenario.
   *
   * @return {@code name} and {@code decisions}
   */
  public static ObjectNode decide(JsonNode scenario) {
    JsonNode config = scenario.get("schedulerConfig");
    SchedulerConfiguration configuration =
        config == null || config.isNull()
            ? SchedulerConfiguration.defaults()
            : SchedulerConfiguration.read(config);
    OfflineScheduler scheduler = new OfflineScheduler(configuration.withTies(Ties.FIRST));
    for (JsonNode object : scenario.path("objects")) {
      scheduler.add(ObjectCodec.read(object));
    }
    boolean sequential = scenario.path("sequential").asBoolean();
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.set("name", scenario.get("name"));
    ArrayNode decisions = result.putArray("decisions");
    for (JsonNode document : scenario.path("queue")) {
      Pod pod = ObjectCodec.read(Kinds.POD, document);
      Decision decision = scheduler.decide(pod);
      decisions.add(DecisionJson.write(decision));
      if (sequential && decision.bound() != null) {
        scheduler.bind(pod, decision.bound());
      }
    }
    return result;
  }
}

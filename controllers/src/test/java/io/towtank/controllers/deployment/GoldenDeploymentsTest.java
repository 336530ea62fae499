package io.towtank.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.DeploymentStatus;
import io.towtank.api.Kinds;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Timestamps;
import io.towtank.codec.ObjectCodec;
import io.towtank.controllers.Golden;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The decisions against 400 syncs of the real Deployment controller. */
class GoldenDeploymentsTest {
  @Test
  void agreesInEveryLine() {
    int lines = 0;
    int agree = 0;
    StringBuilder differences = new StringBuilder();
    for (JsonNode line : Golden.read("deployments")) {
      lines++;
      JsonNode expected =
          line.get("actions").isNull() ? JsonNodeFactory.instance.arrayNode() : line.get("actions");
      JsonNode actual = actions(line);
      if (expected.equals(actual)) {
        agree++;
      } else if (lines - agree <= 5) {
        differences
            .append("line ")
            .append(lines)
            .append("\n  expected ")
            .append(expected)
            .append("\n  actual   ")
            .append(actual)
            .append("\n  of ")
            .append(line)
            .append("\n");
      }
    }
    assertThat(agree).as("agreeing of %d\n%s", lines, differences).isEqualTo(lines);
    assertThat(lines).isEqualTo(400);
  }

  private static JsonNode actions(JsonNode line) {
    Deployment deployment = ObjectCodec.read(Kinds.DEPLOYMENT, line.get("deployment"));
    List<ReplicaSet> sets = Golden.objects(Kinds.REPLICA_SET, line.get("replicaSets"));
    DeploymentSync.Decision decision =
        DeploymentSync.decide(
            deployment,
            sets,
            uid ->
                sets.stream()
                    .anyMatch(
                        set -> ControllerRefs.uid(set).equals(uid) && set.status().replicas() > 0),
            Timestamps.parse(line.get("now").textValue()));
    ArrayNode actions = JsonNodeFactory.instance.arrayNode();
    for (DeploymentAction action : decision.actions()) {
      switch (action) {
        case DeploymentAction.CreateReplicaSet create ->
            describe(actions.addObject(), "create", "ReplicaSet")
                .put("replicas", create.replicaSet().spec().replicas())
                .set("annotations", annotations(create.replicaSet()));
        case DeploymentAction.UpdateReplicaSet update ->
            describe(actions.addObject(), "update", "ReplicaSet")
                .put("name", update.replicaSet().name())
                .put("replicas", update.replicaSet().spec().replicas())
                .set("annotations", annotations(update.replicaSet()));
        case DeploymentAction.DeleteReplicaSet delete ->
            describe(actions.addObject(), "delete", "ReplicaSet")
                .put("name", delete.replicaSet().name());
        case DeploymentAction.UpdateStatus update ->
            describe(actions.addObject(), "update", "Deployment")
                .put("subresource", "status")
                .set("status", status(update.deployment().status()));
        case DeploymentAction.Warn warn -> {}
      }
    }
    return actions;
  }

  private static ObjectNode describe(ObjectNode node, String action, String kind) {
    return node.put("action", action).put("kind", kind);
  }

  private static ObjectNode annotations(ReplicaSet set) {
    ObjectNode annotations = JsonNodeFactory.instance.objectNode();
    set.metadata().annotations().forEach(annotations::put);
    return annotations;
  }

  private static ObjectNode status(DeploymentStatus status) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("observedGeneration", (int) status.observedGeneration())
            .put("replicas", status.replicas())
            .put("updatedReplicas", status.updatedReplicas())
            .put("readyReplicas", status.readyReplicas())
            .put("availableReplicas", status.availableReplicas())
            .put("unavailableReplicas", status.unavailableReplicas());
    if (status.conditions().isEmpty()) {
      return node.putNull("conditions");
    }
    ArrayNode conditions = node.putArray("conditions");
    for (DeploymentCondition condition : status.conditions()) {
      conditions
          .addObject()
          .put("type", condition.type())
          .put("status", condition.status().toString())
          .put("reason", condition.reason());
    }
    return node;
  }
}

package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.DeploymentStatus;
import io.towtank.api.Kinds;
import io.towtank.api.ReplicaSet;
import io.towtank.controllers.deployment.DeploymentAction;
import io.towtank.controllers.deployment.DeploymentSync;
import java.util.List;

/** One sync of a Deployment: the writes, in order. */
final class DeploymentSuite {
  private DeploymentSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("deployment", "replicaSets", "now", "podsOfEach"),
        document -> ControllerCases.name("Deployment", document),
        DeploymentSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    Deployment deployment = ControllerCases.object(Kinds.DEPLOYMENT, document.path("deployment"));
    List<ReplicaSet> sets =
        ControllerCases.objects(Kinds.REPLICA_SET, document.path("replicaSets"));
    DeploymentSync.Decision decision =
        DeploymentSync.decide(
            deployment,
            sets,
            // Each set has as many running pods as its status says.
            uid ->
                sets.stream()
                    .anyMatch(
                        set -> uid.equals(set.metadata().uid()) && set.status().replicas() > 0),
            ControllerCases.now(document));
    ObjectNode outcome = ControllerCases.object();
    ArrayNode actions = outcome.arrayNode();
    for (DeploymentAction action : decision.actions()) {
      switch (action) {
        case DeploymentAction.CreateReplicaSet create ->
            write(actions, "create", create.replicaSet());
        case DeploymentAction.UpdateReplicaSet update ->
            write(actions, "update", update.replicaSet()).put("name", update.replicaSet().name());
        case DeploymentAction.DeleteReplicaSet delete ->
            actions
                .addObject()
                .put("action", "delete")
                .put("kind", "ReplicaSet")
                .put("name", delete.replicaSet().name());
        case DeploymentAction.UpdateStatus update ->
            actions
                .addObject()
                .put("action", "update")
                .put("kind", "Deployment")
                .put("subresource", "status")
                .set("status", status(update.deployment().status()));
        case DeploymentAction.Warn warn -> {}
      }
    }
    outcome.set("actions", actions.isEmpty() ? outcome.nullNode() : actions);
    return outcome;
  }

  private static ObjectNode write(ArrayNode actions, String action, ReplicaSet set) {
    ObjectNode node =
        actions
            .addObject()
            .put("action", action)
            .put("kind", "ReplicaSet")
            .put("replicas", set.spec().replicas());
    ObjectNode annotations = node.putObject("annotations");
    set.metadata().annotations().forEach(annotations::put);
    return node;
  }

  private static ObjectNode status(DeploymentStatus status) {
    ObjectNode node =
        ControllerCases.object()
            .put("observedGeneration", status.observedGeneration())
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

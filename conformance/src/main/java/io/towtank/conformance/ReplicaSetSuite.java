package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.ReplicaSetStatus;
import io.towtank.controllers.replicaset.ReplicaSetAction;
import io.towtank.controllers.replicaset.ReplicaSetSync;
import java.util.TreeSet;

/** One sync of a ReplicaSet: pods created, deleted and adopted, and the status. */
final class ReplicaSetSuite {
  private ReplicaSetSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("replicaSet", "pods", "now"),
        document -> ControllerCases.name("ReplicaSet", document),
        ReplicaSetSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    ReplicaSetSync.Decision decision =
        ReplicaSetSync.decide(
            ControllerCases.object(Kinds.REPLICA_SET, document.path("replicaSet")),
            ControllerCases.objects(Kinds.POD, document.path("pods")),
            ControllerCases.now(document));
    int created = 0;
    TreeSet<String> adopted = new TreeSet<>();
    TreeSet<String> deleted = new TreeSet<>();
    for (ReplicaSetAction action : decision.actions()) {
      switch (action) {
        case ReplicaSetAction.Adopt(Pod pod) -> adopted.add(pod.name());
        case ReplicaSetAction.Release release -> {}
        case ReplicaSetAction.Create(int count) -> created = count;
        case ReplicaSetAction.Delete(ImmutableList<Pod> pods) ->
            pods.forEach(pod -> deleted.add(pod.name()));
      }
    }
    ObjectNode outcome = ControllerCases.object().put("created", created);
    ControllerCases.put(outcome, "adopted", adopted);
    ControllerCases.put(outcome, "deleted", deleted);
    ReplicaSetStatus status = decision.status();
    if (status == null) {
      return outcome.putNull("status");
    }
    outcome
        .putObject("status")
        .put("replicas", status.replicas())
        .put("fullyLabeledReplicas", status.fullyLabeledReplicas())
        .put("readyReplicas", status.readyReplicas())
        .put("availableReplicas", status.availableReplicas())
        .put("observedGeneration", status.observedGeneration());
    return outcome;
  }
}

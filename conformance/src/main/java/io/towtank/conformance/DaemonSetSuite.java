package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.DaemonSetStatus;
import io.towtank.api.Kinds;
import io.towtank.controllers.daemonset.DaemonSetAction;
import io.towtank.controllers.daemonset.DaemonSetSync;
import java.util.TreeSet;

/** One sync of a DaemonSet: on which nodes pods are created, which are deleted, and the status. */
final class DaemonSetSuite {
  // Pods in the file bear no hash: none of them is of the template by it.
  private static final String HASH = "hash";

  private DaemonSetSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("daemonSet", "nodes", "pods", "now"),
        document -> ControllerCases.name("DaemonSet", document),
        DaemonSetSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    DaemonSetSync.Decision decision =
        DaemonSetSync.decide(
            ControllerCases.object(Kinds.DAEMON_SET, document.path("daemonSet")),
            HASH,
            ControllerCases.objects(Kinds.NODE, document.path("nodes")),
            ControllerCases.objects(Kinds.POD, document.path("pods")),
            ControllerCases.now(document));
    TreeSet<String> createdOn = new TreeSet<>();
    TreeSet<String> deleted = new TreeSet<>();
    for (DaemonSetAction action : decision.actions()) {
      switch (action) {
        case DaemonSetAction.CreatePod create -> createdOn.add(create.nodeName());
        case DaemonSetAction.DeletePod delete -> deleted.add(delete.pod().name());
      }
    }
    ObjectNode outcome = ControllerCases.object();
    ControllerCases.put(outcome, "createdOn", createdOn);
    ControllerCases.put(outcome, "deleted", deleted);
    DaemonSetStatus status = decision.status();
    if (status == null) {
      return outcome.putNull("status");
    }
    outcome
        .putObject("status")
        .put("desired", status.desiredNumberScheduled())
        .put("current", status.currentNumberScheduled())
        .put("misscheduled", status.numberMisscheduled())
        .put("ready", status.numberReady())
        .put("available", status.numberAvailable())
        .put("unavailable", status.numberUnavailable())
        .put("observedGeneration", status.observedGeneration());
    return outcome;
  }
}

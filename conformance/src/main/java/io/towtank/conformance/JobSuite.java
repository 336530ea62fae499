package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.JobStatus;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.api.UncountedTerminatedPods;
import io.towtank.controllers.job.JobAction;
import io.towtank.controllers.job.JobSync;
import java.util.List;
import java.util.Objects;

/** One sync of a Job: pods created and deleted, finalizers removed, and the statuses written. */
final class JobSuite {
  private JobSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("job", "pods", "now"),
        document -> ControllerCases.name("Job", document),
        JobSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    JobSync.Decision decision =
        JobSync.decide(
            ControllerCases.object(Kinds.JOB, document.path("job")),
            ControllerCases.objects(Kinds.POD, document.path("pods")),
            ControllerCases.now(document));
    ImmutableList<JobAction.NewPod> created =
        decision.action() instanceof JobAction.CreatePods(var pods) ? pods : ImmutableList.of();
    ImmutableList<Pod> deleted =
        switch (decision.action()) {
          case JobAction.EndPods(var pods) -> pods;
          case JobAction.RemovePods(var pods) -> pods;
          case JobAction.CreatePods create -> ImmutableList.of();
          case JobAction.None none -> ImmutableList.of();
        };
    ObjectNode outcome = ControllerCases.object().put("created", created.size());
    ControllerCases.put(
        outcome,
        "createdIndexes",
        created.stream()
            .map(JobAction.NewPod::index)
            .filter(index -> index >= 0)
            .map(String::valueOf)
            .sorted()
            .toList());
    ControllerCases.put(outcome, "deleted", names(deleted));
    ControllerCases.put(outcome, "finalizerRemoved", names(decision.finalizersRemoved()));
    if (decision.statusWrites().isEmpty()) {
      return outcome.putNull("statusWrites");
    }
    ArrayNode writes = outcome.putArray("statusWrites");
    decision.statusWrites().forEach(status -> writes.add(status(status)));
    return outcome;
  }

  private static ImmutableList<String> names(List<Pod> pods) {
    return pods.stream().map(Pod::name).sorted().collect(ImmutableList.toImmutableList());
  }

  private static ObjectNode status(JobStatus status) {
    ObjectNode node =
        ControllerCases.object()
            .put("active", status.active())
            .put("completed", status.completionTime() != Timestamps.NONE)
            .put("completedIndexes", Objects.requireNonNullElse(status.completedIndexes(), ""));
    ControllerCases.put(
        node,
        "conditions",
        status.conditions().stream()
            .map(c -> c.type() + "=" + c.status() + " " + c.reason())
            .toList());
    node.put("failed", status.failed())
        .put("ready", status.ready())
        .put("started", status.startTime() != Timestamps.NONE)
        .put("succeeded", status.succeeded())
        .put("terminating", status.terminating());
    if (status.failedIndexes() != null) {
      node.put("failedIndexes", status.failedIndexes());
    }
    UncountedTerminatedPods uncounted = status.uncountedTerminatedPods();
    if (uncounted != null) {
      ControllerCases.put(node, "uncountedFailed", texts(uncounted.failed()));
      ControllerCases.put(node, "uncountedSucceeded", texts(uncounted.succeeded()));
    }
    return node;
  }

  private static ImmutableList<String> texts(List<Uid> uids) {
    return uids.stream().map(Uid::toString).sorted().collect(ImmutableList.toImmutableList());
  }
}

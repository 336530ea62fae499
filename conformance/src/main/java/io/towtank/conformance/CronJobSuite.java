package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.CronJob;
import io.towtank.api.CronJobStatus;
import io.towtank.api.Job;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectReference;
import io.towtank.api.Timestamps;
import io.towtank.controllers.cronjob.CronJobSync;
import java.util.stream.Stream;

/** One sync of a CronJob: Jobs created and deleted, the status, and when to look again. */
final class CronJobSuite {
  private static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";
  private static final long SECOND = 1_000_000_000L;

  private CronJobSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("cronJob", "jobs", "now"),
        document -> ControllerCases.name("CronJob", document),
        CronJobSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    CronJob cronJob = ControllerCases.object(Kinds.CRON_JOB, document.path("cronJob"));
    ImmutableList<Job> jobs = ControllerCases.objects(Kinds.JOB, document.path("jobs"));
    CronJobSync.Decision decision =
        CronJobSync.decide(
            cronJob,
            jobs,
            reference -> jobs.stream().anyMatch(job -> job.name().equals(reference.name())),
            ControllerCases.now(document));
    CronJobSync.Start start = decision.started();
    ObjectNode outcome = ControllerCases.object();
    ControllerCases.put(
        outcome,
        "created",
        start == null
            ? ImmutableList.of()
            : ImmutableList.of(
                start.job().name() + " " + start.job().metadata().annotations().get(SCHEDULED)));
    ControllerCases.put(
        outcome,
        "deleted",
        Stream.concat(
                decision.replaced().stream().map(ObjectReference::name),
                decision.expired().stream().map(Job::name))
            .sorted()
            .toList());
    if (decision.requeueNanos() > 0) {
      outcome.put("requeueAfterSeconds", decision.requeueNanos() / SECOND);
    }
    boolean changed = decision.changed() || start != null;
    outcome.put("statusChanged", changed);
    if (changed) {
      put(outcome, start == null ? decision.status() : decision.withStarted(start.job()));
    }
    return outcome;
  }

  private static void put(ObjectNode outcome, CronJobStatus status) {
    ControllerCases.put(
        outcome, "active", status.active().stream().map(ObjectReference::name).toList());
    if (status.lastScheduleTime() != Timestamps.NONE) {
      outcome.put("lastScheduleTime", Timestamps.format(status.lastScheduleTime()));
    }
    if (status.lastSuccessfulTime() != Timestamps.NONE) {
      outcome.put("lastSuccessfulTime", Timestamps.format(status.lastSuccessfulTime()));
    }
  }
}

package io.towtank.controllers.cronjob;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CronJob;
import io.towtank.api.CronJobStatus;
import io.towtank.api.CronJobStatusBuilder;
import io.towtank.api.CronSchedule;
import io.towtank.api.Fields;
import io.towtank.api.Job;
import io.towtank.api.JobBuilder;
import io.towtank.api.JobCondition;
import io.towtank.api.JobStatusBuilder;
import io.towtank.api.JobTemplateSpec;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.JobConditions;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one look at a CronJob and its Jobs leads to (pkg/controller/cronjob: syncCronJob). */
public final class CronJobSync {
  private static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";
  private static final DateTimeFormatter MISSED =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
  private static final long SECOND = 1_000_000_000L;

  private CronJobSync() {}

  /** Something to tell of the CronJob. */
  record Note(String type, String reason, String message) {}

  /**
   * What a sync does.
   *
   * @param replaced references to active Jobs that make room for the new one
   * @param started the Job to create, null for none
   * @param status the status once the Jobs that are replaced are gone, without the new one
   * @param changed whether that is to be written though no Job is started
   * @param requeueNanos after how long to look again, 0 for not before something changes
   * @param expired ended Jobs beyond the history limits, oldest first
   */
  public record Decision(
      ImmutableList<ObjectReference> replaced,
      @Nullable Start started,
      CronJobStatus status,
      boolean changed,
      long requeueNanos,
      ImmutableList<Job> expired,
      ImmutableList<Note> notes) {
    /** The status with the new Job in it. */
    public CronJobStatus withStarted(Job created) {
      Start start = started;
      if (start == null) {
        return status;
      }
      return CronJobStatusBuilder.builder(status)
          .active(
              ImmutableList.<ObjectReference>builder()
                  .addAll(status.active())
                  .add(reference(created))
                  .build())
          .lastScheduleTime(start.second * SECOND)
          .build();
    }
  }

  /**
   * A Job to create.
   *
   * @param second for when it was scheduled, seconds since 1970
   */
  public record Start(Job job, long second) {}

  /**
   * Decides.
   *
   * @param jobs those that the CronJob controls
   * @param exists whether the API still has an active Job that is not among them
   * @param nowNanos the time, nanoseconds since 1970
   */
  public static Decision decide(
      CronJob cronJob, Collection<Job> jobs, Predicate<ObjectReference> exists, long nowNanos) {
    return new Look(cronJob, nowNanos).decide(jobs, exists);
  }

  /**
   * How long a CronJob whose schedule has changed waits for its next start, in nanoseconds; nothing
   * where its schedule or its time zone cannot be read.
   */
  static OptionalLong nanosToNext(CronJob cronJob, long nowNanos) {
    try {
      String zone = cronJob.spec().timeZone();
      return OptionalLong.of(
          new StartTimes(
                  cronJob,
                  CronSchedule.parse(cronJob.spec().schedule()),
                  zone == null || zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone),
                  nowNanos)
              .nanosToNext());
    } catch (IllegalArgumentException | DateTimeException e) {
      // The sync tells what is wrong.
      return OptionalLong.empty();
    }
  }

  private static ObjectReference reference(Job job) {
    return new ObjectReference(
        Kinds.JOB.apiVersion(),
        Kinds.JOB.name(),
        job.metadata().namespace(),
        job.name(),
        job.metadata().uid(),
        String.valueOf(job.resourceVersion()),
        null,
        Fields.NONE);
  }

  /** A look under way. */
  private static final class Look {
    private final CronJob cronJob;
    private final long nowNanos;
    private final ImmutableList.Builder<Note> notes = ImmutableList.builder();
    private List<ObjectReference> active;
    private CronJobStatus status;
    private boolean changed;

    Look(CronJob cronJob, long nowNanos) {
      this.cronJob = cronJob;
      this.nowNanos = nowNanos;
      this.status = cronJob.status();
      this.active = new ArrayList<>(status.active());
    }

    Decision decide(Collection<Job> jobs, Predicate<ObjectReference> exists) {
      Set<Uid> known = new HashSet<>();
      for (Job job : jobs) {
        known.add(ControllerRefs.uid(job));
        lookAt(job);
      }
      for (ObjectReference reference : List.copyOf(active)) {
        if (!known.contains(reference.uid()) && !exists.test(reference)) {
          note("Normal", "MissingJob", "Active job went missing: " + reference.name());
          active.remove(reference);
          changed = true;
        }
      }
      ImmutableList<Job> expired = expired(jobs);
      if (cronJob.metadata().deletionTimestamp() != Timestamps.NONE) {
        return result(List.of(), null, 0, expired);
      }
      ZoneId zone = zone();
      if (zone == null || Boolean.TRUE.equals(cronJob.spec().suspend())) {
        return result(List.of(), null, 0, expired);
      }
      CronSchedule schedule;
      try {
        schedule = CronSchedule.parse(cronJob.spec().schedule());
      } catch (IllegalArgumentException e) {
        note(
            "Warning",
            "UnparseableSchedule",
            "unparseable schedule: \"" + cronJob.spec().schedule() + "\" : " + e.getMessage());
        return result(List.of(), null, 0, expired);
      }
      return start(new StartTimes(cronJob, schedule, zone, nowNanos), zone, expired);
    }

    private void lookAt(Job job) {
      boolean listed = active.stream().anyMatch(ref -> ControllerRefs.uid(job).equals(ref.uid()));
      JobCondition finished = JobConditions.finished(job.status());
      if (!listed && finished == null) {
        note(
            "Warning",
            "UnexpectedJob",
            "Saw a job that the controller did not create or forgot: " + job.name());
      } else if (listed && finished != null) {
        active.removeIf(ref -> ControllerRefs.uid(job).equals(ref.uid()));
        note(
            "Normal",
            "SawCompletedJob",
            "Saw completed job: " + job.name() + ", condition: " + finished.type());
        changed = true;
      }
      if (JobConditions.isComplete(job.status())) {
        long completed = job.status().completionTime();
        // Timestamps.NONE is before all times.
        if (completed > status.lastSuccessfulTime()) {
          status = CronJobStatusBuilder.builder(status).lastSuccessfulTime(completed).build();
          changed = true;
        } else if (status.lastSuccessfulTime() == Timestamps.NONE) {
          changed = true;
        }
      }
    }

    private @Nullable ZoneId zone() {
      String name = cronJob.spec().timeZone();
      if (name == null || name.isEmpty()) {
        return ZoneOffset.UTC;
      }
      try {
        return ZoneId.of(name);
      } catch (DateTimeException e) {
        note(
            "Warning",
            "UnknownTimeZone",
            "invalid timeZone: \"" + name + "\": unknown time zone " + name);
        return null;
      }
    }

    private Decision start(StartTimes times, ZoneId zone, ImmutableList<Job> expired) {
      StartTimes.Found due = times.due();
      if (!due.valid()) {
        note(
            "Warning",
            "InvalidSchedule",
            "invalid schedule: "
                + cronJob.spec().schedule()
                + " : time difference between two schedules is less than 1 second");
        return result(List.of(), null, 0, expired);
      }
      long second = due.latest();
      if (second == StartTimes.NONE) {
        return result(List.of(), null, times.nanosToNext(), expired);
      }
      if (due.missed() == StartTimes.Missed.MANY) {
        note(
            "Warning",
            "TooManyMissedTimes",
            "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check"
                + " clock skew");
      }
      Long deadline = cronJob.spec().startingDeadlineSeconds();
      if (deadline != null && (second + deadline) * SECOND < nowNanos) {
        note(
            "Warning",
            "MissSchedule",
            "Missed scheduled time to start a job: "
                + MISSED.format(Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC)));
        return result(List.of(), null, times.nanosToNext(), expired);
      }
      String name = cronJob.name() + "-" + Math.floorDiv(second, 60);
      boolean processed =
          cronJob.status().lastScheduleTime() == second * SECOND
              || active.stream().anyMatch(ref -> name.equals(ref.name()));
      if (processed) {
        return result(List.of(), null, times.nanosToNext(), expired);
      }
      List<ObjectReference> replaced = List.of();
      if ("Forbid".equals(cronJob.spec().concurrencyPolicy()) && !active.isEmpty()) {
        note(
            "Normal",
            "JobAlreadyActive",
            "Not starting job because prior execution is running and concurrency policy is"
                + " Forbid");
        return result(List.of(), null, times.nanosToNext(), expired);
      } else if ("Replace".equals(cronJob.spec().concurrencyPolicy())) {
        replaced = active;
        active = new ArrayList<>();
      }
      CronJob started =
          cronJob.withStatus(
              CronJobStatusBuilder.builder(status).lastScheduleTime(second * SECOND).build());
      return result(
          replaced,
          new Start(job(name, second, zone), second),
          times.after(started).nanosToNext(),
          expired);
    }

    private Job job(String name, long second, ZoneId zone) {
      JobTemplateSpec template = cronJob.spec().jobTemplate();
      Map<String, String> annotations = new LinkedHashMap<>(template.metadata().annotations());
      annotations.put(
          SCHEDULED,
          DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
              OffsetDateTime.ofInstant(Instant.ofEpochSecond(second), zone)));
      return JobBuilder.builder()
          .metadata(
              ObjectMetaBuilder.builder()
                  .name(name)
                  .namespace(cronJob.metadata().namespace())
                  .creationTimestamp(Timestamps.NONE)
                  .deletionTimestamp(Timestamps.NONE)
                  .labels(template.metadata().labels())
                  .annotations(ImmutableMap.copyOf(annotations))
                  .ownerReferences(ImmutableList.of(ControllerRefs.to(cronJob)))
                  .build())
          .spec(template.spec())
          .status(
              JobStatusBuilder.builder()
                  .startTime(Timestamps.NONE)
                  .completionTime(Timestamps.NONE)
                  .build())
          .build();
    }

    /** Ended Jobs beyond the limits (cleanupFinishedJobs). */
    private ImmutableList<Job> expired(Collection<Job> jobs) {
      Integer succeededLimit = cronJob.spec().successfulJobsHistoryLimit();
      Integer failedLimit = cronJob.spec().failedJobsHistoryLimit();
      ImmutableList.Builder<Job> expired = ImmutableList.builder();
      if (succeededLimit != null) {
        expired.addAll(oldest(jobs, JobConditions.COMPLETE, succeededLimit));
      }
      if (failedLimit != null) {
        expired.addAll(oldest(jobs, JobConditions.FAILED, failedLimit));
      }
      return expired.build();
    }

    private static List<Job> oldest(Collection<Job> jobs, String type, int kept) {
      List<Job> ended = new ArrayList<>();
      for (Job job : jobs) {
        JobCondition finished = JobConditions.finished(job.status());
        if (finished != null && finished.type().equals(type)) {
          ended.add(job);
        }
      }
      if (ended.size() <= kept) {
        return List.of();
      }
      ended.sort(
          Comparator.<Job>comparingInt(job -> job.status().startTime() == Timestamps.NONE ? 1 : 0)
              .thenComparingLong(job -> job.status().startTime())
              .thenComparing(Job::name));
      return ended.subList(0, ended.size() - kept);
    }

    private Decision result(
        List<ObjectReference> replaced,
        @Nullable Start started,
        long requeueNanos,
        ImmutableList<Job> expired) {
      return new Decision(
          ImmutableList.copyOf(replaced),
          started,
          CronJobStatusBuilder.builder(status).active(ImmutableList.copyOf(active)).build(),
          changed,
          requeueNanos,
          expired,
          notes.build());
    }

    private void note(String type, String reason, String message) {
      notes.add(new Note(type, reason, message));
    }
  }
}

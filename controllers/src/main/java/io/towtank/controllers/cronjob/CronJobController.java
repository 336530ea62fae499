package io.towtank.controllers.cronjob;

import com.google.common.collect.ImmutableList;
import io.towtank.api.CronJob;
import io.towtank.api.CronJobStatus;
import io.towtank.api.Job;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.OwnerReference;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Starts the Jobs of CronJobs when their time has come and clears away old ones
 * (kube-controller-manager: cronjob-controller).
 *
 * <p>A CronJob is looked at when it or one of its Jobs changes, and when its next start is due.
 */
public final class CronJobController implements Component {
  private static final String NAME = "cronjob-controller";
  // kube-controller-manager: --concurrent-cron-job-syncs
  private static final int WORKERS = 5;
  private static final String BY_CRON_JOB = "cronJob";

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<CronJob> cronJobs;
  private final Informer<Job> jobs;
  private final WorkQueue<ObjectKey> queue;
  private final long[] syncs;
  private final long[] jobsCreated;
  private final long[] jobsDeleted;

  /** A controller that does nothing before its start. */
  public CronJobController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.cronJobs = context.informers().informer(Kinds.CRON_JOB);
    this.jobs = context.informers().informer(Kinds.JOB);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.jobsCreated = recorder.counter(NAME + "/jobsCreated");
    this.jobsDeleted = recorder.counter(NAME + "/jobsDeleted");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    jobs.addIndex(BY_CRON_JOB, CronJobController::cronJob);
    cronJobs.addHandler(new CronJobHandler());
    jobs.addHandler(new JobHandler());
  }

  private static @Nullable ObjectKey cronJob(Job job) {
    OwnerReference owner = ControllerRefs.of(job.metadata());
    return owner == null || !owner.kind().equals(Kinds.CRON_JOB.name())
        ? null
        : new ObjectKey(job.metadata().namespace(), owner.name());
  }

  private final class CronJobHandler implements WatchListener<CronJob> {
    @Override
    public void added(CronJob cronJob) {
      queue.add(ObjectKey.of(cronJob));
    }

    @Override
    public void modified(CronJob previous, CronJob cronJob) {
      ObjectKey key = ObjectKey.of(cronJob);
      if (previous.spec().schedule().equals(cronJob.spec().schedule())
          && Objects.equals(previous.spec().timeZone(), cronJob.spec().timeZone())) {
        queue.add(key);
      } else {
        CronJobSync.nanosToNext(cronJob, simulation.epochNanos())
            .ifPresentOrElse(nanos -> queue.addAfter(key, nanos), () -> queue.add(key));
      }
    }

    @Override
    public void deleted(CronJob last) {
      queue.forget(ObjectKey.of(last));
    }
  }

  private final class JobHandler implements WatchListener<Job> {
    @Override
    public void added(Job job) {
      tell(job);
    }

    @Override
    public void modified(Job previous, Job job) {
      if (!Objects.equals(cronJob(previous), cronJob(job))) {
        tell(previous);
      }
      tell(job);
    }

    @Override
    public void deleted(Job last) {
      tell(last);
    }

    private void tell(Job job) {
      ObjectKey key = cronJob(job);
      if (key != null && cronJobs.get(key) != null) {
        queue.add(key);
      }
    }
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    CronJob cronJob = cronJobs.get(key);
    if (cronJob == null) {
      done.done(true);
      return;
    }
    ImmutableList<Job> own = jobs.byIndex(BY_CRON_JOB, key);
    boolean unlisted =
        own.stream()
            .anyMatch(
                job -> !JobConditions.isFinished(job.status()) && !lists(cronJob.status(), job));
    if (!unlisted) {
      findMissing(cronJob, own, done);
      return;
    }
    // The status may be newer than the copy that is at hand.
    client.get(
        Kinds.CRON_JOB,
        key,
        (fresh, error) -> {
          if (fresh == null) {
            done.done(Batches.isGone(error));
          } else {
            findMissing(fresh, own, done);
          }
        });
  }

  private static boolean lists(CronJobStatus status, Job job) {
    Uid uid = ControllerRefs.uid(job);
    return status.active().stream().anyMatch(reference -> uid.equals(reference.uid()));
  }

  /** Asks the API for active Jobs that are not at hand: the copies may be too old. */
  private void findMissing(CronJob cronJob, ImmutableList<Job> own, WorkQueue.Done done) {
    Set<Uid> known = new HashSet<>();
    own.forEach(job -> known.add(ControllerRefs.uid(job)));
    List<ObjectReference> missing =
        cronJob.status().active().stream()
            .filter(reference -> !known.contains(reference.uid()))
            .toList();
    if (missing.isEmpty()) {
      look(cronJob, own, new HashSet<>(), done);
      return;
    }
    Set<ObjectReference> gone = new HashSet<>();
    Batches.all(
        missing.size(),
        (i, answer) ->
            client.get(
                Kinds.JOB,
                key(missing.get(i)),
                (job, error) -> {
                  if (Batches.isGone(error)) {
                    gone.add(missing.get(i));
                  }
                  answer.answeredOrGone(error);
                }),
        (sent, error) -> {
          if (error != null) {
            done.done(false);
          } else {
            look(cronJob, own, gone, done);
          }
        });
  }

  private void look(
      CronJob cronJob, ImmutableList<Job> own, Set<ObjectReference> gone, WorkQueue.Done done) {
    CronJobSync.Decision decision =
        CronJobSync.decide(
            cronJob, own, reference -> !gone.contains(reference), simulation.epochNanos());
    for (CronJobSync.Note note : decision.notes()) {
      recorder.event(cronJob, NAME, note.type(), note.reason(), note.message());
    }
    new Look(cronJob, decision, done).begin();
  }

  private static ObjectKey key(ObjectReference reference) {
    return new ObjectKey(reference.namespace(), Objects.requireNonNullElse(reference.name(), ""));
  }

  /** A sync under way: replace, start, clear away, write the status. */
  private final class Look {
    private final CronJob cronJob;
    private final CronJobSync.Decision decision;
    private final WorkQueue.Done done;

    Look(CronJob cronJob, CronJobSync.Decision decision, WorkQueue.Done done) {
      this.cronJob = cronJob;
      this.decision = decision;
      this.done = done;
    }

    void begin() {
      ImmutableList<ObjectReference> replaced = decision.replaced();
      Batches.oneByOne(
          replaced.size(),
          (i, answer) -> delete(key(replaced.get(i)), answer),
          (sent, error) -> {
            if (error != null) {
              done.done(false);
            } else {
              start();
            }
          });
    }

    private void start() {
      CronJobSync.Start start = decision.started();
      if (start == null) {
        clearAway(decision.status(), decision.changed(), true);
        return;
      }
      client.create(
          start.job(),
          (created, error) -> {
            if (created != null) {
              jobsCreated[0]++;
              event("Normal", "SuccessfulCreate", "Created job " + created.name());
              clearAway(decision.withStarted(created), true, true);
            } else if (error != null && error.reason() == ApiException.Reason.ALREADY_EXISTS) {
              findStarted(start);
            } else {
              event(
                  "Warning",
                  "FailedCreate",
                  "Error creating job: " + (error == null ? "" : error.getMessage()));
              clearAway(
                  decision.status(), decision.changed() || !decision.replaced().isEmpty(), false);
            }
          });
    }

    /** The Job was started before, and that was perhaps not written down. */
    private void findStarted(CronJobSync.Start start) {
      client.get(
          Kinds.JOB,
          ObjectKey.of(start.job()),
          (job, error) -> {
            if (job == null) {
              clearAway(decision.status(), decision.changed(), false);
            } else if (!ControllerRefs.isControlledBy(job.metadata(), ControllerRefs.uid(cronJob))
                || lists(cronJob.status(), job)) {
              clearAway(decision.status(), decision.changed(), true);
            } else {
              clearAway(decision.withStarted(job), true, true);
            }
          });
    }

    private void clearAway(CronJobStatus status, boolean changed, boolean succeeded) {
      ImmutableList<Job> expired = decision.expired();
      Batches.all(
          expired.size(),
          (i, answer) -> delete(ObjectKey.of(expired.get(i)), error -> answer.answered(null)),
          (sent, error) -> {
            if (changed) {
              write(status, succeeded);
            } else {
              finish(succeeded);
            }
          });
    }

    private void delete(ObjectKey key, Batches.Answer answer) {
      client.delete(
          Kinds.JOB,
          key,
          DeleteOptions.DEFAULT,
          (deleted, error) -> {
            if (error == null) {
              jobsDeleted[0]++;
              event("Normal", "SuccessfulDelete", "Deleted job " + key.name());
            } else {
              event("Warning", "FailedDelete", "Deleted job: " + error.getMessage());
            }
            answer.answered(error);
          });
    }

    private void write(CronJobStatus status, boolean succeeded) {
      client.updateStatus(
          cronJob.withStatus(status), (written, error) -> finish(succeeded && error == null));
    }

    private void finish(boolean succeeded) {
      if (succeeded && decision.requeueNanos() > 0) {
        queue.addAfter(ObjectKey.of(cronJob), decision.requeueNanos());
      }
      done.done(succeeded);
    }

    private void event(String type, String reason, String message) {
      recorder.event(cronJob, NAME, type, reason, message);
    }
  }
}

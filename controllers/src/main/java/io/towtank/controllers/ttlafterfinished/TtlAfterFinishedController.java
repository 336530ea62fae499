package io.towtank.controllers.ttlafterfinished;

import io.towtank.api.Job;
import io.towtank.api.JobCondition;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import org.jspecify.annotations.Nullable;

/**
 * Deletes Jobs that ended {@code ttlSecondsAfterFinished} ago, and their pods before them. A Job
 * without that field stays.
 */
public final class TtlAfterFinishedController implements Component {
  private static final String NAME = "ttl-after-finished-controller";
  // kube-controller-manager: --concurrent-ttl-after-finished-syncs
  private static final int WORKERS = 5;
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation;
  private final ApiClient client;
  private final Informer<Job> jobs;
  private final WorkQueue<ObjectKey> queue;
  private final long[] jobsDeleted;

  /** A controller that does nothing before its start. */
  public TtlAfterFinishedController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.jobs = context.informers().informer(Kinds.JOB);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.jobsDeleted = context.recorder().counter(NAME + "/jobsDeleted");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    jobs.addHandler(
        new WatchListener<Job>() {
          @Override
          public void added(Job job) {
            if (expiryNanos(job) != Timestamps.NONE) {
              queue.add(ObjectKey.of(job));
            }
          }

          @Override
          public void modified(Job previous, Job job) {
            added(job);
          }

          @Override
          public void deleted(Job last) {
            queue.forget(ObjectKey.of(last));
          }
        });
  }

  /**
   * When a Job is to be deleted, nanoseconds since 1970; {@link Timestamps#NONE} where it has not
   * ended, or stays, or is being deleted already.
   */
  static long expiryNanos(Job job) {
    Integer seconds = job.spec().ttlSecondsAfterFinished();
    if (seconds == null || job.metadata().deletionTimestamp() != Timestamps.NONE) {
      return Timestamps.NONE;
    }
    JobCondition finished = JobConditions.finished(job.status());
    return finished == null || finished.lastTransitionTime() == Timestamps.NONE
        ? Timestamps.NONE
        : finished.lastTransitionTime() + seconds * SECOND;
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    if (waitsOrStays(key, jobs.get(key))) {
      done.done(true);
      return;
    }
    // The copy may be old: the field may have been changed, or the Job be another of that name.
    client.get(
        Kinds.JOB,
        key,
        (fresh, error) -> {
          if (error != null) {
            done.done(Batches.isGone(error));
          } else if (fresh == null || waitsOrStays(key, fresh)) {
            done.done(true);
          } else {
            client.delete(
                Kinds.JOB,
                key,
                new DeleteOptions(
                    null, DeleteOptions.Propagation.FOREGROUND, fresh.metadata().uid()),
                (deleted, failure) -> {
                  if (failure == null) {
                    jobsDeleted[0]++;
                  }
                  done.done(failure == null || Batches.isGone(failure));
                });
          }
        });
  }

  private boolean waitsOrStays(ObjectKey key, @Nullable Job job) {
    long expiry = job == null ? Timestamps.NONE : expiryNanos(job);
    if (expiry == Timestamps.NONE) {
      return true;
    }
    long left = expiry - simulation.epochNanos();
    if (left > 0) {
      queue.addAfter(key, left);
    }
    return left > 0;
  }
}

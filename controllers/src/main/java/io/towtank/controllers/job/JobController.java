package io.towtank.controllers.job;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Job;
import io.towtank.api.JobCondition;
import io.towtank.api.JobStatus;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Claims;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.Expectations;
import io.towtank.controllers.workload.Finalizers;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.controllers.workload.PodControl;
import io.towtank.controllers.workload.PodOwnership;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs the pods of Jobs and counts how they end (kube-controller-manager: job-controller).
 *
 * <p>A Job is looked at at once when it is created or what it asks for changes, and a second after
 * its pods or its status do, so that many changes cost one look. What a look leads to, {@link
 * JobSync} says. Pods that no Job counts any more lose their finalizer in a queue of its own.
 */
public final class JobController implements Component {
  private static final String NAME = "job-controller";
  // kube-controller-manager: --concurrent-job-syncs
  private static final int WORKERS = 5;
  // pkg/controller/job: Run starts one worker for orphans
  private static final int ORPHAN_WORKERS = 1;
  // pkg/controller/job: syncJobBatchPeriod
  private static final long BATCH_NANOS = 1_000_000_000L;
  private static final long SECOND = 1_000_000_000L;
  // batch/v1: JobControllerName
  private static final String MANAGED_HERE = "kubernetes.io/job-controller";

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<Job> jobs;
  private final Informer<Pod> pods;
  private final WorkQueue<ObjectKey> queue;
  private final WorkQueue<ObjectKey> orphanQueue;
  private final Expectations<ObjectKey> expectations;
  private final PodControl podControl;
  private final Map<Uid, Owner> owners = new HashMap<>();
  private final PodOwnership ownership = new PodOwnership(Kinds.JOB, new PodObserver());

  private final long[] syncs;
  private final long[] finalizersRemoved;
  private final long[] statusUpdates;

  /** A Job, by uid: it may not be known yet, or no more, while its pods are. */
  private static final class Owner {
    private final Map<String, Pod> pods = new LinkedHashMap<>(4);
    private final Set<Uid> finalizersGoing = new HashSet<>(2);
    private Backoff backoff = Backoff.NONE;
    private @Nullable Job job;
    private @Nullable PodPrototypes prototypes;
    private boolean lookForOrphans;
    private boolean lookForStrays;
  }

  /** A controller that does nothing before its start. */
  public JobController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.jobs = context.informers().informer(Kinds.JOB);
    this.pods = context.informers().informer(Kinds.POD);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.orphanQueue = new WorkQueue<>(simulation, ORPHAN_WORKERS, this::syncOrphan);
    this.expectations = new Expectations<>(simulation);
    this.podControl = new PodControl(NAME, client, recorder);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.finalizersRemoved = recorder.counter(NAME + "/finalizersRemoved");
    this.statusUpdates = recorder.counter(NAME + "/statusUpdates");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    jobs.addHandler(new JobHandler());
    pods.addHandler(new PodHandler());
  }

  private final class JobHandler implements WatchListener<Job> {
    @Override
    public void added(Job job) {
      ObjectKey key = ObjectKey.of(job);
      Owner owner = owner(ControllerRefs.uid(job));
      owner.job = job;
      owner.lookForOrphans = true;
      owner.lookForStrays = true;
      select(job);
      queue.add(key);
    }

    @Override
    public void modified(Job previous, Job job) {
      if (!ControllerRefs.uid(previous).equals(ControllerRefs.uid(job))) {
        deleted(previous);
        added(job);
        return;
      }
      ObjectKey key = ObjectKey.of(job);
      Owner owner = owner(ControllerRefs.uid(job));
      owner.job = job;
      if (!Objects.equals(previous.spec().selector(), job.spec().selector())) {
        unselect(previous);
        select(job);
        owner.lookForOrphans = true;
        owner.lookForStrays = true;
      }
      if (previous.metadata().generation() != job.metadata().generation()) {
        queue.add(key);
      } else {
        queue.addAfter(key, BATCH_NANOS);
      }
      if (JobConditions.isFinished(job.status())) {
        freePods(owner);
      }
      Long deadline = job.spec().activeDeadlineSeconds();
      if (deadline != null
          && job.status().startTime() != Timestamps.NONE
          && !deadline.equals(previous.spec().activeDeadlineSeconds())) {
        queue.addAfter(key, job.status().startTime() + deadline * SECOND - simulation.epochNanos());
      }
    }

    @Override
    public void deleted(Job last) {
      ObjectKey key = ObjectKey.of(last);
      Uid uid = ControllerRefs.uid(last);
      unselect(last);
      Owner owner = owners.get(uid);
      if (owner != null) {
        owner.job = null;
        owner.prototypes = null;
        freePods(owner);
        forgetIfUnused(uid, owner);
      }
      queue.add(key);
    }
  }

  /** Tells of pods without an owner; all others are told by ownership. */
  private final class PodHandler implements WatchListener<Pod> {
    @Override
    public void added(Pod pod) {
      freeIfOrphan(pod);
      ownership.added(pod);
    }

    @Override
    public void modified(Pod previous, Pod pod) {
      freeIfOrphan(pod);
      ownership.modified(previous, pod);
    }

    @Override
    public void deleted(Pod last) {
      ownership.deleted(last);
    }

    private void freeIfOrphan(Pod pod) {
      if (JobPods.isTracked(pod) && ControllerRefs.of(pod.metadata()) == null) {
        orphanQueue.add(ObjectKey.of(pod));
      }
    }
  }

  private final class PodObserver implements PodOwnership.Observer {
    @Override
    public void added(Uid workload, Pod pod) {
      Owner owner = put(workload, null, pod);
      if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
        going(owner, pod);
      } else if (owner.job != null) {
        ObjectKey key = ObjectKey.of(owner.job);
        expectations.creationObserved(key);
        queue.addAfter(key, BATCH_NANOS);
      }
    }

    @Override
    public void changed(Uid workload, Pod previous, Pod pod) {
      Owner owner = put(workload, previous, pod);
      if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
        going(owner, pod);
      } else if (owner.job != null) {
        if (!JobPods.isTracked(pod)) {
          owner.finalizersGoing.remove(ControllerRefs.uid(pod));
        }
        queue.addAfter(ObjectKey.of(owner.job), BATCH_NANOS);
      }
    }

    @Override
    public void gone(Uid workload, Pod last) {
      Owner owner = owners.get(workload);
      if (owner == null) {
        return;
      }
      owner.pods.remove(last.name());
      owner.finalizersGoing.remove(ControllerRefs.uid(last));
      if (owner.job == null) {
        forgetIfUnused(workload, owner);
      } else {
        ObjectKey key = ObjectKey.of(owner.job);
        expectations.deletionObserved(key, last.name());
        queue.addAfter(key, BATCH_NANOS);
      }
    }

    @Override
    public void orphaned(ObjectKey workload) {
      Job job = jobs.get(workload);
      if (job != null) {
        owner(ControllerRefs.uid(job)).lookForOrphans = true;
        queue.addAfter(workload, BATCH_NANOS);
      }
    }

    @SuppressWarnings("ReferenceEquality")
    private Owner put(Uid workload, @Nullable Pod previous, Pod pod) {
      Owner owner = owner(workload);
      owner.pods.put(pod.name(), pod);
      if (previous == null || previous.metadata().labels() != pod.metadata().labels()) {
        owner.lookForStrays = true;
      }
      return owner;
    }

    private void going(Owner owner, Pod pod) {
      boolean tracked = JobPods.isTracked(pod);
      Job job = owner.job;
      if (job == null || JobConditions.isFinished(job.status())) {
        if (tracked) {
          // No sync will remove it.
          orphanQueue.add(ObjectKey.of(pod));
        }
        return;
      }
      ObjectKey key = ObjectKey.of(job);
      expectations.deletionObserved(key, pod.name());
      if (!tracked) {
        owner.finalizersGoing.remove(ControllerRefs.uid(pod));
      }
      queue.addAfter(key, BATCH_NANOS);
    }
  }

  private Owner owner(Uid uid) {
    return owners.computeIfAbsent(uid, u -> new Owner());
  }

  private void forgetIfUnused(Uid uid, Owner owner) {
    if (owner.job == null && owner.pods.isEmpty()) {
      owners.remove(uid);
    }
  }

  private void freePods(Owner owner) {
    for (Pod pod : owner.pods.values()) {
      if (JobPods.isTracked(pod)) {
        orphanQueue.add(ObjectKey.of(pod));
      }
    }
  }

  private void select(Job job) {
    if (job.spec().selector() != null) {
      ownership.select(ObjectKey.of(job), job.spec().selector());
    }
  }

  private void unselect(Job job) {
    if (job.spec().selector() != null) {
      ownership.unselect(ObjectKey.of(job), job.spec().selector());
    }
  }

  private static boolean isManagedElsewhere(Job job) {
    String manager = job.spec().managedBy();
    return manager != null && !manager.equals(MANAGED_HERE);
  }

  // Orphans

  private void syncOrphan(ObjectKey key, WorkQueue.Done done) {
    Pod pod = pods.get(key);
    if (pod == null || !JobPods.isTracked(pod) || isCounted(pod)) {
      done.done(true);
      return;
    }
    removeFinalizer(pod, error -> done.done(error == null || Batches.isGone(error)));
  }

  /** Whether a Job still counts the pod, or somebody else looks after it. */
  private boolean isCounted(Pod pod) {
    OwnerReference reference = ControllerRefs.of(pod.metadata());
    if (reference == null) {
      return false;
    }
    if (!reference.kind().equals(Kinds.JOB.name())) {
      return true;
    }
    Owner owner = owners.get(reference.uid());
    Job job = owner == null ? null : owner.job;
    return job != null && (isManagedElsewhere(job) || !JobConditions.isFinished(job.status()));
  }

  private void removeFinalizer(Pod pod, Batches.Answer answer) {
    client.patch(
        Kinds.POD,
        ObjectKey.of(pod),
        current ->
            JobPods.isTracked(current)
                ? current.withMetadata(Finalizers.without(current.metadata(), JobPods.FINALIZER))
                : current,
        (changed, error) -> {
          if (error == null) {
            finalizersRemoved[0]++;
          }
          answer.answered(error);
        });
  }

  // Jobs

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    Job job = jobs.get(key);
    if (job == null) {
      expectations.forget(key);
      done.done(true);
      return;
    }
    Owner owner = owner(ControllerRefs.uid(job));
    if (isManagedElsewhere(job)) {
      done.done(true);
      return;
    }
    if (JobConditions.isFinished(job.status())) {
      owner.backoff = Backoff.NONE;
      owner.prototypes = null;
      done.done(true);
      return;
    }
    String mode = job.spec().completionMode();
    if (mode != null && !mode.equals("NonIndexed") && !mode.equals("Indexed")) {
      recorder.event(
          job,
          NAME,
          "Warning",
          "UnknownCompletionMode",
          "Skipped Job sync because completion mode is unknown");
      done.done(true);
      return;
    }
    boolean expectationsMet = expectations.met(key);
    if (job.metadata().deletionTimestamp() != Timestamps.NONE
        || (!owner.lookForOrphans && !owner.lookForStrays)) {
      look(key, job, owner, expectationsMet, List.of(), done);
      return;
    }
    LabelSelector written = job.spec().selector();
    Selector selector = Selector.of(written);
    List<Pod> strays =
        owner.pods.values().stream()
            .filter(pod -> !selector.matches(pod.metadata().labels()))
            .toList();
    Claims.settle(
        client,
        job,
        Kinds.POD,
        JobPods.FINALIZER,
        written == null ? List.of() : ownership.orphans(key.namespace(), written),
        strays,
        (succeeded, adopted, released) -> {
          if (!succeeded) {
            done.done(false);
            return;
          }
          owner.lookForOrphans = !adopted.isEmpty();
          owner.lookForStrays = released > 0;
          look(key, job, owner, expectationsMet, adopted, done);
        });
  }

  private void look(
      ObjectKey key,
      Job job,
      Owner owner,
      boolean expectationsMet,
      List<Pod> adopted,
      WorkQueue.Done done) {
    new Look(key, job, owner, done).begin(pods(owner, adopted), expectationsMet);
  }

  private static Collection<Pod> pods(Owner owner, List<Pod> adopted) {
    if (adopted.isEmpty()) {
      return owner.pods.values();
    }
    List<Pod> all = new ArrayList<>(owner.pods.values());
    for (Pod pod : adopted) {
      all.add(pod.withMetadata(Finalizers.with(pod.metadata(), JobPods.FINALIZER)));
    }
    return all;
  }

  /** A sync under way. */
  private final class Look {
    private final ObjectKey key;
    private final Owner owner;
    private final WorkQueue.Done done;
    private final Set<Uid> keptFinalizers = new HashSet<>(2);
    private Job job;
    private @Nullable ApiException failure;

    Look(ObjectKey key, Job job, Owner owner, WorkQueue.Done done) {
      this.key = key;
      this.job = job;
      this.owner = owner;
      this.done = done;
    }

    void begin(Collection<Pod> known, boolean expectationsMet) {
      JobSync sync =
          new JobSync(
              job,
              new JobSync.Seen(
                  known,
                  owner.finalizersGoing,
                  expectationsMet,
                  owner.backoff,
                  simulation.epochNanos()));
      if (sync.requeueNanos() > 0) {
        queue.addAfter(key, sync.requeueNanos());
      }
      switch (sync.action()) {
        case JobAction.None none -> acted(sync, 0, 0);
        case JobAction.CreatePods(var wanted) -> create(sync, wanted);
        case JobAction.RemovePods(var doomed) -> remove(sync, doomed);
        case JobAction.EndPods(var doomed) -> end(sync, doomed);
      }
    }

    private void create(JobSync sync, ImmutableList<JobAction.NewPod> wanted) {
      PodPrototypes prototypes = owner.prototypes;
      if (prototypes == null || !prototypes.areOf(job)) {
        prototypes = new PodPrototypes(job);
        owner.prototypes = prototypes;
      }
      PodPrototypes made = prototypes;
      expectations.expectCreations(key, wanted.size());
      int[] created = new int[1];
      Batches.slowStart(
          wanted.size(),
          (i, answer) ->
              podControl.create(
                  job,
                  made.of(wanted.get(i)),
                  error -> {
                    if (error == null) {
                      created[0]++;
                    } else {
                      expectations.creationObserved(key);
                    }
                    answer.answered(error);
                  }),
          (sent, error) -> {
            expectations.creationsObserved(key, wanted.size() - sent);
            failure = error;
            acted(sync, created[0], 0);
          });
    }

    private void remove(JobSync sync, ImmutableList<Pod> doomed) {
      expectations.expectDeletions(key, doomed.stream().map(Pod::name).toList());
      List<Pod> removed = new ArrayList<>();
      Batches.all(
          doomed.size(),
          (i, answer) -> {
            Pod pod = doomed.get(i);
            Batches.Answer outcome =
                error -> {
                  if (error != null) {
                    expectations.deletionObserved(key, pod.name());
                  }
                  if (error == null || Batches.isGone(error)) {
                    removed.add(pod);
                  }
                  answer.answeredOrGone(error);
                };
            if (!JobPods.isTracked(pod)) {
              podControl.delete(job, pod, outcome);
            } else {
              removeFinalizer(
                  pod,
                  error -> {
                    if (error == null) {
                      podControl.delete(job, pod, outcome);
                    } else {
                      outcome.answered(error);
                    }
                  });
            }
          },
          (sent, error) -> {
            failure = error;
            acted(sync, removed.size(), JobSync.readyAmong(removed));
          });
    }

    private void end(JobSync sync, ImmutableList<Pod> doomed) {
      List<Pod> ended = new ArrayList<>();
      Batches.all(
          doomed.size(),
          (i, answer) -> {
            Pod pod = doomed.get(i);
            podControl.delete(
                job,
                pod,
                error -> {
                  if (error == null || Batches.isGone(error)) {
                    ended.add(pod);
                  }
                  answer.answeredOrGone(error);
                });
          },
          (sent, error) -> {
            failure = error;
            acted(sync, ended.size(), JobSync.readyAmong(ended));
          });
    }

    private void acted(JobSync sync, int count, int readyGone) {
      sync.acted(count, readyGone);
      JobStatus status = sync.firstStatus();
      if (status == null) {
        count(sync);
        return;
      }
      write(
          status,
          () -> {
            owner.backoff = sync.backoff();
            JobCondition suspension = sync.suspension();
            if (suspension != null) {
              boolean suspended = suspension.status() == ConditionStatus.TRUE;
              event(
                  "Normal",
                  suspended ? "Suspended" : "Resumed",
                  Objects.requireNonNullElse(suspension.message(), ""));
            }
            count(sync);
          });
    }

    private void count(JobSync sync) {
      ImmutableList<Pod> counted = sync.finalizersToRemove();
      if (counted.isEmpty()) {
        released(sync, null);
        return;
      }
      for (Pod pod : counted) {
        owner.finalizersGoing.add(ControllerRefs.uid(pod));
      }
      Batches.all(
          counted.size(),
          (i, answer) -> {
            Pod pod = counted.get(i);
            removeFinalizer(
                pod,
                error -> {
                  if (error != null) {
                    // Nothing will tell that it is gone.
                    owner.finalizersGoing.remove(ControllerRefs.uid(pod));
                    if (!Batches.isGone(error)) {
                      keptFinalizers.add(ControllerRefs.uid(pod));
                    }
                  }
                  answer.answeredOrGone(error);
                });
          },
          (sent, error) -> released(sync, error));
    }

    private void released(JobSync sync, @Nullable ApiException error) {
      failure = failure == null ? error : failure;
      sync.released(uid -> !keptFinalizers.contains(uid), error == null);
      JobStatus status = sync.lastStatus();
      if (status == null) {
        finish();
        return;
      }
      write(
          status,
          () -> {
            JobCondition finished = sync.finished();
            if (finished != null) {
              tellEnd(sync, finished);
            }
            finish();
          });
    }

    private void tellEnd(JobSync sync, JobCondition finished) {
      if (finished.type().equals(JobConditions.COMPLETE)) {
        if (sync.tooManySucceeded()) {
          event(
              "Warning",
              "TooManySucceededPods",
              "Too many succeeded pods running after completion count reached");
        }
        event("Normal", "Completed", "Job completed");
      } else {
        event(
            "Warning",
            Objects.requireNonNullElse(finished.reason(), ""),
            Objects.requireNonNullElse(finished.message(), ""));
      }
    }

    private void write(JobStatus status, Runnable then) {
      client.updateStatus(
          job.withStatus(status),
          (written, error) -> {
            if (written == null) {
              done.done(false);
              return;
            }
            statusUpdates[0]++;
            job = written;
            then.run();
          });
    }

    private void finish() {
      done.done(failure == null);
    }

    private void event(String type, String reason, String message) {
      recorder.event(job, NAME, type, reason, message);
    }
  }
}

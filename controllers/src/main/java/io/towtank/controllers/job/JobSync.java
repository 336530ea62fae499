package io.towtank.controllers.job;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Job;
import io.towtank.api.JobCondition;
import io.towtank.api.JobSpec;
import io.towtank.api.JobStatus;
import io.towtank.api.JobStatusBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.api.UncountedTerminatedPods;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.controllers.workload.Pods;
import io.towtank.controllers.workload.Restarts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One look at a Job and its pods, and what it leads to (pkg/controller/job: syncJob). It goes in
 * three steps, with what the API answers between them:
 *
 * <pre>
 *   look: is the Job over? ──► {@link #action}: end, remove or create pods
 *   {@link #acted}         ──► {@link #firstStatus}: the verdict, and which pods are about to be counted
 *                          ──► {@link #finalizersToRemove}
 *   {@link #released}      ──► {@link #lastStatus}: the counters, and the end where it is reached
 * </pre>
 *
 * A pod is counted once: its uid is in the status before its finalizer is removed, and in the
 * counters after (KEP-2307).
 */
public final class JobSync {
  /** How many pods one sync creates or removes at most (MaxPodCreateDeletePerSync). */
  static final int MOST_PODS = 500;

  /** How many pods are being counted at once at most (MaxUncountedPods). */
  static final int MOST_UNCOUNTED = 500;

  private static final long SECOND = 1_000_000_000L;

  /**
   * What is known beside the Job.
   *
   * @param pods those that the Job controls
   * @param finalizersGoing uids of pods whose finalizer was removed, though their copies have it
   * @param expectationsMet whether all that was created and removed before was seen
   * @param backoff the failures so far
   * @param nowNanos the time, nanoseconds since 1970
   */
  record Seen(
      Collection<Pod> pods,
      Set<Uid> finalizersGoing,
      boolean expectationsMet,
      Backoff backoff,
      long nowNanos) {}

  private final Job job;
  private final JobSpec spec;
  private final Seen seen;
  private final long nowNanos;
  private final boolean indexed;
  private final int completions;
  private final List<Pod> pods;
  private final List<Pod> activePods;
  private final Set<Uid> uncountedSucceeded;
  private final Set<Uid> uncountedFailed;
  private final Set<Uid> tracked = new HashSet<>();
  private final Backoff newBackoff;
  private final Indexes countedIndexes;
  private final Map<Integer, Pod> awaitingReplacement;
  private final JobAction action;

  private JobStatus status;
  private Indexes succeededIndexes;
  private @Nullable Indexes failedIndexes;
  private int active;
  private int ready;
  private int terminating;
  private int succeeded;
  private int failed;
  private @Nullable JobCondition verdict;
  private boolean managed;
  private boolean tooManyUncounted;
  private long requeueNanos;
  private @Nullable JobStatus firstStatus;
  private @Nullable JobStatus lastStatus;
  private @Nullable JobCondition finished;
  private @Nullable JobCondition suspension;
  private ImmutableList<Pod> finalizersToRemove = ImmutableList.of();

  JobSync(Job job, Seen seen) {
    this.job = job;
    this.spec = job.spec();
    this.seen = seen;
    this.nowNanos = seen.nowNanos;
    this.indexed = isIndexed(job);
    this.completions = spec.completions() == null ? 0 : spec.completions();
    this.pods = new ArrayList<>(seen.pods);
    if (indexed) {
      pods.sort(Comparator.comparingInt(JobPods::index));
    }
    this.activePods = new ArrayList<>();
    for (Pod pod : pods) {
      if (Pods.isActive(pod)) {
        activePods.add(pod);
        ready += pod.isReady() ? 1 : 0;
      } else if (JobPods.isTerminating(pod)) {
        terminating++;
      }
      if (isTracked(pod)) {
        tracked.add(ControllerRefs.uid(pod));
      }
    }
    this.active = activePods.size();
    UncountedTerminatedPods uncounted = job.status().uncountedTerminatedPods();
    this.status =
        uncounted == null
            ? JobStatusBuilder.builder(job.status())
                .uncountedTerminatedPods(UncountedTerminatedPods.NONE)
                .build()
            : job.status();
    this.uncountedSucceeded = ImmutableSet.copyOf(uncounted().succeeded());
    this.uncountedFailed = ImmutableSet.copyOf(uncounted().failed());
    List<Pod> newSucceeded =
        uncountedPods(pod ->
            pod.status().phase() == PodPhase.SUCCEEDED
                && !uncountedSucceeded.contains(ControllerRefs.uid(pod)));
    List<Pod> newFailed =
        uncountedPods(pod ->
            JobPods.isFailed(job, pod) && !uncountedFailed.contains(ControllerRefs.uid(pod)));
    this.succeeded = status.succeeded() + newSucceeded.size() + uncountedSucceeded.size();
    this.failed = status.failed() + uncountedFailed.size();
    for (Pod pod : newFailed) {
      failed += PodFailures.judge(spec.podFailurePolicy(), pod).counted() ? 1 : 0;
    }
    long startNanos = status.startTime();
    if (startNanos == Timestamps.NONE && !isSuspended(job)) {
      startNanos = nowNanos;
      status = JobStatusBuilder.builder(status).startTime(Timestamps.toSecond(nowNanos)).build();
    }
    this.newBackoff = seen.backoff.after(newSucceeded, newFailed);
    this.verdict = verdict(startNanos);
    this.countedIndexes =
        indexed ? Indexes.parse(status.completedIndexes(), completions) : Indexes.NONE;
    this.succeededIndexes = countedIndexes;
    this.awaitingReplacement = new HashMap<>();
    if (indexed) {
      judgeIndexes();
    }
    this.action = decideAction();
  }

  // What is over, and why

  private @Nullable JobCondition verdict(long startNanos) {
    JobCondition met = JobConditions.findTrue(status, JobConditions.SUCCESS_CRITERIA_MET);
    if (met != null) {
      return met;
    }
    JobCondition target = JobConditions.findTrue(status, JobConditions.FAILURE_TARGET);
    if (target != null) {
      return failed(target);
    }
    if (spec.podFailurePolicy() != null) {
      for (Pod pod : pods) {
        if (JobPods.isFailed(job, pod)) {
          String message = PodFailures.judge(spec.podFailurePolicy(), pod).failsJob();
          if (message != null) {
            return failure("PodFailurePolicy", message);
          }
        }
      }
    }
    if (failed > backoffLimit() || restartsExceedLimit()) {
      return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
    }
    Long deadline = spec.activeDeadlineSeconds();
    if (deadline != null && !isSuspended(job)) {
      long left = deadline * SECOND - (nowNanos - startNanos);
      if (left <= 0) {
        return failure("DeadlineExceeded", "Job was active longer than specified deadline");
      }
      requeueAfter(left);
    }
    return null;
  }

  private JobCondition failure(String reason, String message) {
    return JobConditions.of(
        JobConditions.FAILURE_TARGET, ConditionStatus.TRUE, reason, message, nowNanos);
  }

  private JobCondition failed(JobCondition target) {
    return ended(JobConditions.FAILED, target);
  }

  private JobCondition ended(String type, JobCondition why) {
    return JobConditions.of(
        type,
        ConditionStatus.TRUE,
        Objects.requireNonNullElse(why.reason(), ""),
        Objects.requireNonNullElse(why.message(), ""),
        nowNanos);
  }

  private int backoffLimit() {
    Integer limit = spec.backoffLimit();
    return limit != null ? limit : spec.backoffLimitPerIndex() != null ? Integer.MAX_VALUE : 6;
  }

  /** Where containers are started again in their pod, their restarts count. */
  private boolean restartsExceedLimit() {
    if (!"OnFailure".equals(spec.template().spec().restartPolicy())) {
      return false;
    }
    int restarts = 0;
    for (Pod pod : pods) {
      if (pod.status().phase() == PodPhase.RUNNING || pod.status().phase() == PodPhase.PENDING) {
        restarts += Restarts.sum(pod);
      }
    }
    int limit = backoffLimit();
    return limit == 0 ? restarts > 0 : restarts >= limit;
  }

  private void judgeIndexes() {
    succeededIndexes =
        countedIndexes.plus(
            indexes(pod ->
                pod.status().phase() == PodPhase.SUCCEEDED
                    && JobPods.isTracked(pod)
                    && isValid(JobPods.index(pod))));
    succeeded = succeededIndexes.count();
    Integer limit = spec.backoffLimitPerIndex();
    if (limit != null) {
      Indexes failures =
          Indexes.parse(status.failedIndexes(), completions)
              .plus(
                  indexes(pod ->
                      isValid(JobPods.index(pod))
                          && JobPods.isTracked(pod)
                          && failsIndex(pod, limit)));
      failedIndexes = failures;
      if (verdict == null) {
        int failedCount = failures.count();
        Integer most = spec.maxFailedIndexes();
        if (most != null && failedCount > most) {
          verdict =
              failure(
                  "MaxFailedIndexesExceeded",
                  "Job has exceeded the specified maximal number of failed indexes");
        } else if (failedCount > 0 && failedCount + succeeded >= completions) {
          verdict = failure("FailedIndexes", "Job has failed indexes");
        }
      }
      findAwaitingReplacement(failures);
    }
    if (verdict == null) {
      String message = SuccessRules.met(spec.successPolicy(), completions, succeededIndexes);
      if (message != null) {
        verdict =
            JobConditions.of(
                JobConditions.SUCCESS_CRITERIA_MET,
                ConditionStatus.TRUE,
                "SuccessPolicy",
                message,
                nowNanos);
      }
    }
  }

  private boolean failsIndex(Pod pod, int limit) {
    if (!JobPods.isFailed(job, pod)) {
      return false;
    }
    PodFailures.Verdict judged = PodFailures.judge(spec.podFailurePolicy(), pod);
    return judged.failsIndex() || (judged.counted() && JobPods.indexFailures(pod) >= limit);
  }

  /**
   * The last failed pod of each index that is to be tried again: it keeps its finalizer, and with
   * it the count of failures, until another pod bears that.
   */
  private void findAwaitingReplacement(Indexes failures) {
    Indexes activeIndexes = indexesOf(activePods);
    for (Pod pod : uncountedPods(pod -> JobPods.isFailed(job, pod))) {
      int index = JobPods.index(pod);
      if (succeededIndexes.contains(index)
          || failures.contains(index)
          || activeIndexes.contains(index)) {
        continue;
      }
      Pod other = awaitingReplacement.get(index);
      if (other == null
          || (failuresOf(other) <= failuresOf(pod)
              && JobPods.finishedNanos(pod) >= JobPods.finishedNanos(other))) {
        awaitingReplacement.put(index, pod);
      }
    }
  }

  private static int failuresOf(Pod pod) {
    return JobPods.indexFailures(pod) + JobPods.indexIgnoredFailures(pod);
  }

  // What is done to pods

  private JobAction decideAction() {
    if (verdict != null) {
      return activePods.isEmpty()
          ? new JobAction.None()
          : new JobAction.EndPods(ImmutableList.copyOf(activePods));
    }
    if (!seen.expectationsMet || job.metadata().deletionTimestamp() != Timestamps.NONE) {
      return new JobAction.None();
    }
    managed = true;
    if (isSuspended(job)) {
      return remove(active);
    }
    int parallelism = spec.parallelism() == null ? 1 : spec.parallelism();
    int wanted;
    if (spec.completions() == null) {
      wanted = succeeded > 0 ? active : parallelism;
    } else {
      wanted = Math.max(0, Math.min(parallelism, completions - succeeded));
    }
    JobAction removal = remove(Math.max(0, active - wanted));
    if (!(removal instanceof JobAction.None)) {
      return removal;
    }
    int missing = wanted - active - (JobPods.replacesFailedOnly(job) ? terminating : 0);
    return missing > 0 ? create(missing) : removal;
  }

  private JobAction remove(int atLeast) {
    List<Pod> removed = new ArrayList<>();
    List<Pod> left = activePods;
    if (indexed) {
      left = new ArrayList<>();
      sortOutIndexes(removed, left);
    }
    if (removed.size() < atLeast) {
      left.sort(RemovalOrder.FIRST_TO_GO);
      removed.addAll(left.subList(0, atLeast - removed.size()));
    }
    if (!isSuspended(job) && removed.size() > MOST_PODS) {
      removed = removed.subList(0, MOST_PODS);
    }
    return removed.isEmpty()
        ? new JobAction.None()
        : new JobAction.RemovePods(ImmutableList.copyOf(removed));
  }

  /** Of active pods with the same index one stays; those with none, or too high a one, go. */
  private void sortOutIndexes(List<Pod> removed, List<Pod> left) {
    int from = 0;
    while (from < activePods.size()) {
      int index = JobPods.index(activePods.get(from));
      int to = from + 1;
      while (to < activePods.size() && JobPods.index(activePods.get(to)) == index) {
        to++;
      }
      List<Pod> same = activePods.subList(from, to);
      if (!isValid(index)) {
        removed.addAll(same);
      } else {
        if (same.size() > 1) {
          same.sort(RemovalOrder.FIRST_TO_GO);
          removed.addAll(same.subList(0, same.size() - 1));
        }
        left.add(same.getLast());
      }
      from = to;
    }
  }

  private JobAction create(int missing) {
    if (spec.backoffLimitPerIndex() == null) {
      long wait = newBackoff.remainingNanos(nowNanos);
      if (wait > 0) {
        return postpone(wait);
      }
    }
    int count = Math.min(missing, MOST_PODS);
    ImmutableList.Builder<JobAction.NewPod> created = ImmutableList.builder();
    if (!indexed) {
      for (int i = 0; i < count; i++) {
        created.add(new JobAction.NewPod(JobPods.NO_INDEX, -1, 0));
      }
      return new JobAction.CreatePods(created.build());
    }
    long shortestWait = Long.MAX_VALUE;
    int ready = 0;
    for (int index : pendingIndexes(count)) {
      if (spec.backoffLimitPerIndex() == null) {
        created.add(new JobAction.NewPod(index, -1, 0));
        ready++;
        continue;
      }
      Pod replaced = awaitingReplacement.get(index);
      long wait =
          replaced == null
              ? 0
              : new Backoff(failuresOf(replaced) + 1, JobPods.finishedNanos(replaced))
                  .remainingNanos(nowNanos);
      if (wait == 0) {
        created.add(successor(index, replaced));
        ready++;
      } else {
        shortestWait = Math.min(shortestWait, wait);
      }
    }
    if (ready == 0) {
      return shortestWait == Long.MAX_VALUE ? new JobAction.None() : postpone(shortestWait);
    }
    return new JobAction.CreatePods(created.build());
  }

  private JobAction.NewPod successor(int index, @Nullable Pod replaced) {
    if (replaced == null) {
      return new JobAction.NewPod(index, 0, 0);
    }
    int failures = JobPods.indexFailures(replaced);
    int ignored = JobPods.indexIgnoredFailures(replaced);
    return PodFailures.judge(spec.podFailurePolicy(), replaced).counted()
        ? new JobAction.NewPod(index, failures + 1, ignored)
        : new JobAction.NewPod(index, failures, ignored + 1);
  }

  private JobAction postpone(long waitNanos) {
    // Not sooner than pods' changes are looked at (syncJobBatchPeriod).
    requeueAfter(Math.max(SECOND, waitNanos));
    // kube-controller-manager reports none as active while it waits.
    active = 0;
    return new JobAction.None();
  }

  private int[] pendingIndexes(int count) {
    Indexes taken = succeededIndexes.plus(indexesOf(activePods));
    if (JobPods.replacesFailedOnly(job)) {
      taken = taken.plus(indexes(JobPods::isTerminating));
    }
    if (failedIndexes != null) {
      taken = taken.plus(failedIndexes);
    }
    return taken.missing(count, completions);
  }

  // What is counted

  /**
   * The action was carried out.
   *
   * @param done how many pods were ended, removed or created
   * @param readyGone how many of those that were ended or removed were ready
   */
  void acted(int done, int readyGone) {
    switch (action) {
      case JobAction.None none -> {}
      case JobAction.CreatePods create -> active += done;
      case JobAction.RemovePods remove -> {
        active -= done;
        terminating += done;
        ready -= readyGone;
      }
      case JobAction.EndPods end -> {
        active -= done;
        terminating += done;
        ready -= readyGone;
      }
    }
    if (verdict != null) {
      boolean allEnded = !(action instanceof JobAction.EndPods(var ended)) || done == ended.size();
      if (!allEnded || !seen.expectationsMet) {
        // Pods may be left that are not known yet.
        verdict = null;
      }
    } else {
      settleSuccessOrSuspension();
    }
    boolean changed =
        suspension != null
            || active != status.active()
            || !Objects.equals(ready, status.ready())
            || !Objects.equals(terminating, status.terminating());
    status =
        JobStatusBuilder.builder(status)
            .active(active)
            .ready(ready)
            .terminating(terminating)
            .build();
    track(changed);
  }

  private void settleSuccessOrSuspension() {
    boolean complete =
        spec.completions() == null
            ? succeeded > 0 && active == 0
            : succeeded >= completions && active == 0;
    if (complete) {
      verdict =
          JobConditions.of(
              JobConditions.SUCCESS_CRITERIA_MET,
              ConditionStatus.TRUE,
              "CompletionsReached",
              "Reached expected number of succeeded pods",
              nowNanos);
    } else if (managed) {
      boolean suspended = isSuspended(job);
      JobCondition condition =
          JobConditions.of(
              JobConditions.SUSPENDED,
              suspended ? ConditionStatus.TRUE : ConditionStatus.FALSE,
              suspended ? "JobSuspended" : "JobResumed",
              suspended ? "Job suspended" : "Job resumed",
              nowNanos);
      ImmutableList<JobCondition> conditions = JobConditions.with(status.conditions(), condition);
      if (!conditions.equals(status.conditions())) {
        suspension = condition;
        status =
            JobStatusBuilder.builder(status)
                .conditions(conditions)
                // A deadline does not run while the Job is suspended.
                .startTime(suspended ? status.startTime() : Timestamps.toSecond(nowNanos))
                .build();
      }
    }
  }

  private void track(boolean statusChanged) {
    boolean changed = count() || statusChanged;
    ImmutableList.Builder<Pod> counted = ImmutableList.builder();
    List<Uid> succeededUids = new ArrayList<>(uncounted().succeeded());
    List<Uid> failedUids = new ArrayList<>(uncounted().failed());
    List<Integer> newIndexes = new ArrayList<>();
    for (Pod pod : pods) {
      if (!isTracked(pod)) {
        continue;
      }
      boolean podFailed = JobPods.isFailed(job, pod);
      if (!mayBeCounted(pod, podFailed)) {
        continue;
      }
      counted.add(pod);
      Uid uid = ControllerRefs.uid(pod);
      int index = JobPods.index(pod);
      if (pod.status().phase() == PodPhase.SUCCEEDED && !uncountedFailed.contains(uid)) {
        if (indexed) {
          // The index is enough to tell that it was counted.
          if (isValid(index) && !countedIndexes.contains(index)) {
            newIndexes.add(index);
            changed = true;
          }
        } else if (!uncountedSucceeded.contains(uid)) {
          succeededUids.add(uid);
          changed = true;
        }
      } else if (podFailed || (verdict != null && !isSuccess(verdict))) {
        // Of a Job that has failed, pods that have not ended have failed too.
        if (!uncountedFailed.contains(uid)
            && (!indexed || isValid(index))
            && PodFailures.judge(spec.podFailurePolicy(), pod).counted()) {
          failedUids.add(uid);
          changed = true;
        }
      }
      if (newIndexes.size() + succeededUids.size() + failedUids.size() >= MOST_UNCOUNTED) {
        tooManyUncounted = true;
        break;
      }
    }
    finalizersToRemove = counted.build();
    JobStatusBuilder builder =
        JobStatusBuilder.builder(status)
            .uncountedTerminatedPods(
                new UncountedTerminatedPods(
                    ImmutableList.copyOf(succeededUids),
                    ImmutableList.copyOf(failedUids),
                    uncounted().rest()));
    if (indexed) {
      changed |= trackIndexes(builder, newIndexes);
    }
    status = builder.build();
    if (announceEnd() || changed) {
      firstStatus = status;
    }
  }

  private boolean trackIndexes(JobStatusBuilder builder, List<Integer> newIndexes) {
    succeededIndexes =
        succeededIndexes.plus(
            Indexes.of(newIndexes.stream().mapToInt(Integer::intValue).toArray()));
    String completed = succeededIndexes.toString();
    String completedOrNone = completed.isEmpty() ? null : completed;
    String failures = failedIndexes == null ? null : failedIndexes.toString();
    builder
        .succeeded(succeededIndexes.count())
        .completedIndexes(completedOrNone)
        .failedIndexes(failures);
    return !Objects.equals(completedOrNone, status.completedIndexes())
        || !Objects.equals(failures, status.failedIndexes());
  }

  /** Tells that the Job is about to end, before its pods may go. */
  private boolean announceEnd() {
    JobCondition coming = verdict;
    if (coming == null) {
      return false;
    }
    if (coming.type().equals(JobConditions.FAILURE_TARGET)) {
      append(coming);
      verdict = failed(coming);
      return true;
    }
    if (isSuccess(coming)) {
      boolean announced =
          JobConditions.findTrue(status, JobConditions.SUCCESS_CRITERIA_MET) != null;
      if (!announced) {
        append(coming);
      }
      verdict = ended(JobConditions.COMPLETE, coming);
      return !announced;
    }
    return false;
  }

  private void append(JobCondition condition) {
    status =
        JobStatusBuilder.builder(status)
            .conditions(
                ImmutableList.<JobCondition>builder()
                    .addAll(status.conditions())
                    .add(condition)
                    .build())
            .build();
  }

  private boolean mayBeCounted(Pod pod, boolean podFailed) {
    if (job.metadata().deletionTimestamp() != Timestamps.NONE
        || verdict != null
        || pod.status().phase() == PodPhase.SUCCEEDED) {
      return true;
    }
    return podFailed
        && !(spec.backoffLimitPerIndex() != null
            && isSame(awaitingReplacement.get(JobPods.index(pod)), pod));
  }

  private static boolean isSame(@Nullable Pod a, Pod b) {
    return a != null && ControllerRefs.uid(a).equals(ControllerRefs.uid(b));
  }

  /**
   * Finalizers were removed.
   *
   * @param gone from which of {@link #finalizersToRemove}, by uid
   * @param all whether from all of them
   */
  void released(Predicate<Uid> gone, boolean all) {
    for (Pod pod : finalizersToRemove) {
      Uid uid = ControllerRefs.uid(pod);
      if (gone.test(uid)) {
        tracked.remove(uid);
      }
    }
    boolean changed = count();
    if (all && !tooManyUncounted && enactEnd()) {
      changed = true;
    }
    if (changed) {
      lastStatus = status;
    }
  }

  /** Moves those whose finalizer is gone from the list into the counters. */
  private boolean count() {
    ImmutableList<Uid> succeededLeft = stillTracked(uncounted().succeeded());
    ImmutableList<Uid> failedLeft = stillTracked(uncounted().failed());
    int succeededNow = uncounted().succeeded().size() - succeededLeft.size();
    int failedNow = uncounted().failed().size() - failedLeft.size();
    if (succeededNow == 0 && failedNow == 0) {
      return false;
    }
    status =
        JobStatusBuilder.builder(status)
            .succeeded(status.succeeded() + succeededNow)
            .failed(status.failed() + failedNow)
            .uncountedTerminatedPods(
                new UncountedTerminatedPods(succeededLeft, failedLeft, uncounted().rest()))
            .build();
    return true;
  }

  private ImmutableList<Uid> stillTracked(ImmutableList<Uid> uids) {
    for (Uid uid : uids) {
      if (!tracked.contains(uid)) {
        return uids.stream().filter(tracked::contains).collect(ImmutableList.toImmutableList());
      }
    }
    return uids;
  }

  private boolean enactEnd() {
    JobCondition end = verdict;
    if (end == null || !uncounted().isEmpty() || terminating > 0) {
      return false;
    }
    finished = end;
    status =
        JobStatusBuilder.builder(status)
            .conditions(JobConditions.with(status.conditions(), end))
            .completionTime(
                end.type().equals(JobConditions.COMPLETE)
                    ? end.lastTransitionTime()
                    : status.completionTime())
            .build();
    return true;
  }

  // What was found

  /** What is to be done to pods. */
  JobAction action() {
    return action;
  }

  /** The status to write before finalizers are removed; null where it is as it was. */
  @Nullable JobStatus firstStatus() {
    return firstStatus;
  }

  /** The pods that are counted now. */
  ImmutableList<Pod> finalizersToRemove() {
    return finalizersToRemove;
  }

  /** The status to write at last; null where it is as it was. */
  @Nullable JobStatus lastStatus() {
    return lastStatus;
  }

  /** The failures, once the first status is written. */
  Backoff backoff() {
    return newBackoff;
  }

  /** After how many nanoseconds to look again though nothing happens; 0 for never. */
  long requeueNanos() {
    return requeueNanos;
  }

  /** With which condition the last status ends the Job; null where it does not. */
  @Nullable JobCondition finished() {
    return finished;
  }

  /** The condition Suspended where the first status changes it. */
  @Nullable JobCondition suspension() {
    return suspension;
  }

  /** Whether more pods have succeeded than were asked for. */
  boolean tooManySucceeded() {
    return spec.completions() != null && status.succeeded() > completions;
  }

  // Small questions

  static boolean isIndexed(Job job) {
    return "Indexed".equals(job.spec().completionMode());
  }

  static boolean isSuspended(Job job) {
    return Boolean.TRUE.equals(job.spec().suspend());
  }

  private static boolean isSuccess(JobCondition condition) {
    return condition.type().equals(JobConditions.SUCCESS_CRITERIA_MET);
  }

  private UncountedTerminatedPods uncounted() {
    UncountedTerminatedPods uncounted = status.uncountedTerminatedPods();
    return uncounted == null ? UncountedTerminatedPods.NONE : uncounted;
  }

  private boolean isTracked(Pod pod) {
    return JobPods.isTracked(pod) && !seen.finalizersGoing.contains(ControllerRefs.uid(pod));
  }

  private boolean isValid(int index) {
    return index != JobPods.NO_INDEX && index < completions;
  }

  /** Pods that are not counted yet, with a valid index where the Job has indexes. */
  private List<Pod> uncountedPods(Predicate<Pod> which) {
    List<Pod> found = List.of();
    for (Pod pod : pods) {
      if (isTracked(pod) && (!indexed || isValid(JobPods.index(pod))) && which.test(pod)) {
        if (found.isEmpty()) {
          found = new ArrayList<>();
        }
        found.add(pod);
      }
    }
    return found;
  }

  private Indexes indexes(Predicate<Pod> which) {
    return indexesOf(pods.stream().filter(which).toList());
  }

  private static Indexes indexesOf(List<Pod> pods) {
    return Indexes.of(
        pods.stream()
            .mapToInt(JobPods::index)
            .filter(index -> index != JobPods.NO_INDEX)
            .toArray());
  }

  private void requeueAfter(long nanos) {
    requeueNanos = requeueNanos == 0 ? nanos : Math.min(requeueNanos, nanos);
  }

  /**
   * What one sync does.
   *
   * @param statusWrites the statuses that are written, in order
   */
  public record Decision(
      JobAction action,
      ImmutableList<Pod> finalizersRemoved,
      ImmutableList<JobStatus> statusWrites) {}

  /**
   * Decides for a Job that stands alone and expects nothing; what is done is taken to succeed. The
   * controller takes the same steps, with what the API answers between them.
   *
   * @param pods those that the Job controls
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static Decision decide(Job job, Collection<Pod> pods, long nowNanos) {
    if (JobConditions.isFinished(job.status())) {
      return new Decision(new JobAction.None(), ImmutableList.of(), ImmutableList.of());
    }
    JobSync sync =
        new JobSync(job, new Seen(pods, ImmutableSet.of(), true, Backoff.NONE, nowNanos));
    ImmutableList.Builder<Pod> released = ImmutableList.builder();
    switch (sync.action) {
      case JobAction.None none -> sync.acted(0, 0);
      case JobAction.CreatePods(var created) -> sync.acted(created.size(), 0);
      case JobAction.RemovePods(var removed) -> {
        removed.stream().filter(JobPods::isTracked).forEach(released::add);
        sync.acted(removed.size(), readyAmong(removed));
      }
      case JobAction.EndPods(var ended) -> sync.acted(ended.size(), readyAmong(ended));
    }
    released.addAll(sync.finalizersToRemove);
    sync.released(uid -> true, true);
    ImmutableList.Builder<JobStatus> writes = ImmutableList.builder();
    if (sync.firstStatus != null) {
      writes.add(sync.firstStatus);
    }
    if (sync.lastStatus != null) {
      writes.add(sync.lastStatus);
    }
    return new Decision(sync.action, released.build(), writes.build());
  }

  static int readyAmong(List<Pod> pods) {
    int ready = 0;
    for (Pod pod : pods) {
      ready += pod.isReady() ? 1 : 0;
    }
    return ready;
  }
}

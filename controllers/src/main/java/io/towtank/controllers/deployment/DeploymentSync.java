package io.towtank.controllers.deployment;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.DeploymentConditionBuilder;
import io.towtank.api.DeploymentStatus;
import io.towtank.api.DeploymentStatusBuilder;
import io.towtank.api.Fields;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.store.ApiException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a Deployment and its ReplicaSets leads to (pkg/controller/deployment).
 *
 * <pre>
 *                ┌ being deleted ──────────────────────────────► status
 *                ├ paused, or replicas changed ─► proportional ─► status
 *   a look ──────┤                                  scaling
 *                ├ Recreate ──► old to 0 ──► wait ──► new up ───► status, progress
 *                └ RollingUpdate ──► new up, or else old down ──► status, progress
 * </pre>
 *
 * <p>As upstream, a sync goes on with what it has itself changed, but never with what the API
 * answered to a status write; so a later write in the same sync may conflict, and the sync is done
 * again.
 */
public final class DeploymentSync {
  private static final long SECOND = 1_000_000_000L;

  private static final Comparator<ReplicaSet> BY_CREATION =
      Comparator.<ReplicaSet>comparingLong(set -> set.metadata().creationTimestamp())
          .thenComparing(ReplicaSet::name);

  private static final Comparator<ReplicaSet> BIGGEST_FIRST =
      Comparator.<ReplicaSet>comparingInt(Rollout::replicas).reversed();

  private final List<ReplicaSet> replicaSets;
  private final int newestIndex;
  private final Predicate<Uid> hasRunningPods;
  private final long nowNanos;
  private final List<DeploymentAction> actions = new ArrayList<>();
  // Which action's result a set is: looked up, never iterated.
  private final IdentityHashMap<ReplicaSet, Integer> results = new IdentityHashMap<>(2);
  private Deployment deployment;
  private @Nullable ProgressCheck progressCheck;
  // As they are, where a look at them led to no action.
  private @Nullable Sets unchanged;

  /**
   * What is to be done.
   *
   * @param progressCheck what is to become of the timer for the progress deadline; null: nothing
   */
  public record Decision(
      ImmutableList<DeploymentAction> actions, @Nullable ProgressCheck progressCheck) {}

  /**
   * When to look whether the progress deadline has passed.
   *
   * @param afterNanos from now; {@link Timestamps#NONE} for not at all
   */
  public record ProgressCheck(long afterNanos) {}

  /** The newest ReplicaSet, which has the Deployment's template, and all others, oldest first. */
  private record Sets(@Nullable ReplicaSet newest, List<ReplicaSet> old) {
    List<ReplicaSet> all() {
      List<ReplicaSet> all = new ArrayList<>(old);
      if (newest != null) {
        all.add(newest);
      }
      return all;
    }

    List<ReplicaSet> newestOnly() {
      return newest == null ? List.of() : List.of(newest);
    }
  }

  private DeploymentSync(
      Deployment deployment,
      List<ReplicaSet> replicaSets,
      Predicate<Uid> hasRunningPods,
      long nowNanos) {
    this.deployment = deployment;
    this.replicaSets = new ArrayList<>(replicaSets);
    this.replicaSets.sort(BY_CREATION);
    this.newestIndex = newestIndex();
    this.hasRunningPods = hasRunningPods;
    this.nowNanos = nowNanos;
  }

  /** Where the set with the Deployment's template is; the oldest where there are several. */
  private int newestIndex() {
    for (int i = 0; i < replicaSets.size(); i++) {
      if (Templates.sameButHash(
          deployment.spec().template(), replicaSets.get(i).spec().template())) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Decides.
   *
   * @param replicaSets those that the Deployment controls
   * @param hasRunningPods whether the ReplicaSet of a uid has pods that are not at their end; asked
   *     for Recreate only
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static Decision decide(
      Deployment deployment,
      List<ReplicaSet> replicaSets,
      Predicate<Uid> hasRunningPods,
      long nowNanos) {
    DeploymentSync sync = new DeploymentSync(deployment, replicaSets, hasRunningPods, nowNanos);
    sync.run();
    return new Decision(ImmutableList.copyOf(sync.actions), sync.progressCheck);
  }

  /**
   * What to do when the API refuses a new ReplicaSet.
   *
   * @param wanted the one that was to be created
   * @param existing the one of its name, as far as known, where there is one
   */
  static ImmutableList<DeploymentAction> creationFailed(
      Deployment deployment,
      ReplicaSet wanted,
      ApiException error,
      @Nullable ReplicaSet existing,
      long nowNanos) {
    if (error.reason() == ApiException.Reason.ALREADY_EXISTS) {
      if (existing == null
          || (ControllerRefs.isControlledBy(existing.metadata(), ControllerRefs.uid(deployment))
              && Templates.sameButHash(deployment.spec().template(), existing.spec().template()))) {
        // Ours already: the cache was slow.
        return ImmutableList.of();
      }
      Integer count = deployment.status().collisionCount();
      return ImmutableList.of(
          new DeploymentAction.UpdateStatus(
              deployment.withStatus(
                  DeploymentStatusBuilder.builder(deployment.status())
                      .collisionCount(count == null ? 1 : count + 1)
                      .build())));
    }
    String message =
        "Failed to create new replica set \"" + wanted.name() + "\": " + error.getMessage();
    DeploymentAction warning =
        new DeploymentAction.Warn(DeploymentConditions.REPLICA_SET_CREATE_ERROR, message);
    if (!Rollout.hasProgressDeadline(deployment)) {
      return ImmutableList.of(warning);
    }
    DeploymentCondition condition =
        DeploymentConditions.of(
            DeploymentConditions.PROGRESSING,
            ConditionStatus.FALSE,
            DeploymentConditions.REPLICA_SET_CREATE_ERROR,
            message,
            nowNanos);
    Deployment failing = withCondition(deployment, condition);
    return failing.status().equals(deployment.status())
        ? ImmutableList.of(warning)
        : ImmutableList.of(new DeploymentAction.UpdateStatus(failing), warning);
  }

  private void run() {
    if (selectsEverything(deployment.spec().selector())) {
      actions.add(
          new DeploymentAction.Warn(
              "SelectingAll",
              "This deployment is selecting all pods. A non-empty selector is required."));
      if (deployment.status().observedGeneration() < deployment.metadata().generation()) {
        writeStatus(
            DeploymentStatusBuilder.builder(deployment.status())
                .observedGeneration(deployment.metadata().generation())
                .build());
      }
      return;
    }
    if (deployment.metadata().deletionTimestamp() != Timestamps.NONE) {
      progressCheck = new ProgressCheck(Timestamps.NONE);
      status(sets(false));
      return;
    }
    notePause();
    if (Rollout.isPaused(deployment) || wasScaled()) {
      scaleAll();
    } else if (Rollout.isRecreate(deployment)) {
      recreate();
    } else {
      roll();
    }
  }

  private static boolean selectsEverything(LabelSelector selector) {
    return selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty();
  }

  /** Keeps the time of a pause from counting as a lack of progress. */
  private void notePause() {
    DeploymentCondition progressing = condition(DeploymentConditions.PROGRESSING);
    String reason = progressing == null ? null : progressing.reason();
    if (!Rollout.hasProgressDeadline(deployment) || DeploymentConditions.TIMED_OUT.equals(reason)) {
      return;
    }
    boolean noted = DeploymentConditions.PAUSED.equals(reason);
    if (Rollout.isPaused(deployment) == noted) {
      return;
    }
    deployment =
        withCondition(
            deployment,
            DeploymentConditions.of(
                DeploymentConditions.PROGRESSING,
                ConditionStatus.UNKNOWN,
                noted ? DeploymentConditions.RESUMED : DeploymentConditions.PAUSED,
                noted ? "Deployment is resumed" : "Deployment is paused",
                nowNanos));
    actions.add(new DeploymentAction.UpdateStatus(deployment));
  }

  /** Whether the number of replicas has changed since a set with pods was last scaled. */
  private boolean wasScaled() {
    for (ReplicaSet set : active(sets(false).all())) {
      Integer desired = Annotations.replicas(set, Annotations.DESIRED_REPLICAS);
      if (desired != null && desired != Rollout.replicas(deployment)) {
        return true;
      }
    }
    return false;
  }

  // ---------------------------------------------------------------- the sets and their revisions

  /** The sets, after bringing the newest one's annotations up to date, or creating it. */
  private Sets sets(boolean createNewest) {
    if (unchanged != null && (unchanged.newest != null || !createNewest)) {
      return unchanged;
    }
    int before = actions.size();
    Sets sets = lookAtSets(createNewest);
    unchanged = actions.size() == before ? sets : null;
    return sets;
  }

  private Sets lookAtSets(boolean createNewest) {
    List<ReplicaSet> old = new ArrayList<>(replicaSets);
    ReplicaSet newest = newestIndex < 0 ? null : old.remove(newestIndex);
    long revision = 1;
    for (ReplicaSet set : old) {
      Long its = Annotations.revision(set);
      if (its != null && its >= revision) {
        revision = its + 1;
      }
    }
    if (newest != null) {
      return new Sets(existing(newest, revision), old);
    }
    return new Sets(createNewest ? create(old, revision) : null, old);
  }

  private ReplicaSet existing(ReplicaSet set, long revision) {
    ImmutableMap<String, String> annotations =
        Annotations.ofNewest(deployment, set.metadata().annotations(), revision);
    int seconds = set.spec().minReadySeconds() == null ? 0 : set.spec().minReadySeconds();
    if (!annotations.equals(set.metadata().annotations())
        || seconds != Rollout.minReadySeconds(deployment)) {
      ReplicaSet changed =
          withAnnotations(set, annotations)
              .withSpec(
                  ReplicaSetSpecBuilder.builder(set.spec())
                      .minReadySeconds(deployment.spec().minReadySeconds())
                      .build());
      return update(set, changed, null);
    }
    boolean changed = setRevision(set.metadata().annotations().get(Annotations.REVISION));
    if (Rollout.hasProgressDeadline(deployment)
        && condition(DeploymentConditions.PROGRESSING) == null) {
      progresses(DeploymentConditions.FOUND_NEW_REPLICA_SET, "Found", set);
      changed = true;
    }
    if (changed) {
      actions.add(new DeploymentAction.UpdateStatus(deployment));
    }
    return set;
  }

  private ReplicaSet create(List<ReplicaSet> old, long revision) {
    ReplicaSet set = Templates.replicaSet(deployment);
    int replicas = Rollout.nextReplicas(deployment, old, 0);
    ImmutableMap<String, String> annotations =
        Annotations.withReplicas(
            Annotations.ofNewest(deployment, ImmutableMap.of(), revision),
            Rollout.replicas(deployment),
            Rollout.replicas(deployment) + Rollout.maxSurge(deployment));
    set = withReplicas(withAnnotations(set, annotations), replicas);
    results.put(set, actions.size());
    actions.add(
        new DeploymentAction.CreateReplicaSet(
            set,
            replicas > 0
                ? "Scaled up replica set " + set.name() + " from 0 to " + replicas
                : null));
    boolean changed = setRevision(Long.toString(revision));
    if (Rollout.hasProgressDeadline(deployment)) {
      progresses(DeploymentConditions.NEW_REPLICA_SET, "Created", set);
      changed = true;
    }
    if (changed) {
      actions.add(new DeploymentAction.UpdateStatus(deployment));
    }
    return set;
  }

  private void progresses(String reason, String what, ReplicaSet set) {
    deployment =
        withCondition(
            deployment,
            DeploymentConditions.of(
                DeploymentConditions.PROGRESSING,
                ConditionStatus.TRUE,
                reason,
                what + " new replica set \"" + set.name() + "\"",
                nowNanos));
  }

  private boolean setRevision(@Nullable String revision) {
    String wanted = revision == null ? "" : revision;
    ImmutableMap<String, String> annotations = deployment.metadata().annotations();
    if (wanted.equals(annotations.getOrDefault(Annotations.REVISION, ""))) {
      return false;
    }
    deployment =
        deployment.withMetadata(
            ObjectMetaBuilder.builder(deployment.metadata())
                .annotations(Annotations.withRevision(annotations, wanted))
                .build());
    return true;
  }

  // ---------------------------------------------------------------------------------- scaling

  /** Gives a set another number of replicas; the set as it is then. */
  private ReplicaSet scale(ReplicaSet set, int replicas) {
    int before = Rollout.replicas(set);
    ImmutableMap<String, String> annotations =
        Annotations.withReplicas(
            set.metadata().annotations(),
            Rollout.replicas(deployment),
            Rollout.replicas(deployment) + Rollout.maxSurge(deployment));
    if (before == replicas && annotations.equals(set.metadata().annotations())) {
      return set;
    }
    return update(
        set,
        withReplicas(withAnnotations(set, annotations), replicas),
        before == replicas
            ? null
            : "Scaled %s replica set %s from %d to %d"
                .formatted(before < replicas ? "up" : "down", set.name(), before, replicas));
  }

  private ReplicaSet update(ReplicaSet before, ReplicaSet after, @Nullable String event) {
    int basedOn = results.getOrDefault(before, DeploymentAction.CACHED);
    results.put(after, actions.size());
    actions.add(new DeploymentAction.UpdateReplicaSet(after, basedOn, event));
    return after;
  }

  /** Scaling by the user, or while paused: no roll-out, all sets keep their proportions. */
  private void scaleAll() {
    Sets sets = sets(false);
    sets.old.sort(BY_CREATION.reversed());
    scaleInProportion(sets);
    if (Rollout.isPaused(deployment)) {
      cleanUp(sets.old);
    }
    status(sets);
  }

  private void scaleInProportion(Sets sets) {
    int wanted = Rollout.replicas(deployment);
    List<ReplicaSet> active = active(sets.all());
    if (active.size() <= 1) {
      ReplicaSet only =
          !active.isEmpty()
              ? active.getFirst()
              : sets.newest != null ? sets.newest : sets.old.isEmpty() ? null : sets.old.getFirst();
      if (only != null) {
        if (Rollout.replicas(only) != wanted) {
          scale(only, wanted);
        }
        return;
      }
    }
    if (sets.newest != null && isSaturated(sets.newest)) {
      for (ReplicaSet old : active(sets.old)) {
        scale(old, 0);
      }
      return;
    }
    if (Rollout.isRecreate(deployment)) {
      return;
    }
    int allowed = wanted > 0 ? wanted + Rollout.maxSurge(deployment) : 0;
    int toAdd = allowed - Rollout.replicas(active);
    if (toAdd != 0) {
      active.sort(BIGGEST_FIRST.thenComparing(toAdd > 0 ? BY_CREATION.reversed() : BY_CREATION));
    }
    int[] sizes = new int[active.size()];
    int added = 0;
    for (int i = 0; i < sizes.length; i++) {
      ReplicaSet set = active.get(i);
      int proportion = Rollout.proportion(deployment, set, toAdd, added);
      sizes[i] = Rollout.replicas(set) + proportion;
      added += proportion;
    }
    if (toAdd != 0 && sizes.length > 0) {
      // What rounding left over goes to, or is taken from, the biggest.
      sizes[0] = Math.max(0, sizes[0] + toAdd - added);
    }
    for (int i = 0; i < sizes.length; i++) {
      scale(active.get(i), sizes[i]);
    }
  }

  private boolean isSaturated(ReplicaSet newest) {
    int wanted = Rollout.replicas(deployment);
    Integer desired = Annotations.replicas(newest, Annotations.DESIRED_REPLICAS);
    return desired != null
        && desired == wanted
        && Rollout.replicas(newest) == wanted
        && newest.status().availableReplicas() == wanted;
  }

  // ------------------------------------------------------------------------------- strategies

  private void recreate() {
    Sets sets = sets(false);
    boolean scaledDown = false;
    for (ReplicaSet old : active(sets.old)) {
      scale(old, 0);
      scaledDown = true;
    }
    if (scaledDown || oldPodsRun(sets)) {
      rolloutStatus(sets);
      return;
    }
    if (sets.newest == null) {
      sets = sets(true);
    }
    ReplicaSet newest = Objects.requireNonNull(sets.newest);
    if (Rollout.replicas(newest) != Rollout.replicas(deployment)) {
      scale(newest, Rollout.replicas(deployment));
    }
    cleanUpIfComplete(sets);
    rolloutStatus(sets);
  }

  private boolean oldPodsRun(Sets sets) {
    return Rollout.actual(sets.old) > 0
        || sets.old.stream().anyMatch(set -> hasRunningPods.test(ControllerRefs.uid(set)));
  }

  private void roll() {
    Sets sets = sets(true);
    if (!scaleNewest(sets) && !scaleOldDown(sets)) {
      cleanUpIfComplete(sets);
    }
    rolloutStatus(sets);
  }

  private boolean scaleNewest(Sets sets) {
    ReplicaSet newest = Objects.requireNonNull(sets.newest);
    int now = Rollout.replicas(newest);
    int wanted = Rollout.replicas(deployment);
    int next = now >= wanted ? wanted : Rollout.nextReplicas(deployment, sets.all(), now);
    if (next == now) {
      return false;
    }
    scale(newest, next);
    return true;
  }

  private boolean scaleOldDown(Sets sets) {
    List<ReplicaSet> old = active(sets.old);
    if (old.isEmpty()) {
      return false;
    }
    ReplicaSet newest = Objects.requireNonNull(sets.newest);
    int minAvailable = Rollout.replicas(deployment) - Rollout.maxUnavailable(deployment);
    int newestUnavailable = Rollout.replicas(newest) - newest.status().availableReplicas();
    int most = Rollout.replicas(sets.all()) - minAvailable - newestUnavailable;
    if (most <= 0) {
      return false;
    }
    int cleaned = scaleUnhealthyDown(old, most);
    if (cleaned < 0) {
      return false;
    }
    List<ReplicaSet> all = new ArrayList<>(old);
    all.add(newest);
    int surplus = Rollout.available(all) - minAvailable;
    int down = 0;
    for (int i = 0; i < old.size() && down < surplus; i++) {
      int size = Rollout.replicas(old.get(i));
      if (size == 0) {
        continue;
      }
      int by = Math.min(size, surplus - down);
      old.set(i, scale(old.get(i), size - by));
      down += by;
    }
    return cleaned + down > 0;
  }

  /**
   * Replicas that are not available anyway go first.
   *
   * @return how many go; negative where a set has more available pods than it wants: it is being
   *     scaled down and the numbers do not fit together yet
   */
  private int scaleUnhealthyDown(List<ReplicaSet> old, int most) {
    int down = 0;
    for (int i = 0; i < old.size() && down < most; i++) {
      ReplicaSet set = old.get(i);
      int size = Rollout.replicas(set);
      int unavailable = size - set.status().availableReplicas();
      if (size == 0 || unavailable == 0) {
        continue;
      }
      int by = Math.min(most - down, unavailable);
      if (by < 0) {
        return -1;
      }
      old.set(i, scale(set, size - by));
      down += by;
    }
    return down;
  }

  // ---------------------------------------------------------------------------------- history

  private void cleanUpIfComplete(Sets sets) {
    if (Rollout.isComplete(deployment, deployment.status())) {
      cleanUp(sets.old);
    }
  }

  /** Deletes the oldest of the sets without pods, beyond those that the history keeps. */
  private void cleanUp(List<ReplicaSet> old) {
    Integer limit = deployment.spec().revisionHistoryLimit();
    if (limit == null || limit == Integer.MAX_VALUE) {
      return;
    }
    List<ReplicaSet> alive = new ArrayList<>();
    for (ReplicaSet set : old) {
      if (set.metadata().deletionTimestamp() == Timestamps.NONE) {
        alive.add(set);
      }
    }
    int surplus = alive.size() - limit;
    if (surplus <= 0) {
      return;
    }
    alive.sort(DeploymentSync::compareRevisions);
    for (ReplicaSet set : alive.subList(0, surplus)) {
      if (set.status().replicas() == 0
          && Rollout.replicas(set) == 0
          && set.metadata().generation() <= set.status().observedGeneration()) {
        actions.add(new DeploymentAction.DeleteReplicaSet(set));
      }
    }
  }

  private static int compareRevisions(ReplicaSet a, ReplicaSet b) {
    Long first = Annotations.revision(a);
    Long second = Annotations.revision(b);
    return first == null || second == null || first.equals(second)
        ? BY_CREATION.compare(a, b)
        : Long.compare(first, second);
  }

  // ----------------------------------------------------------------------------------- status

  private void status(Sets sets) {
    DeploymentStatus status = counted(sets);
    if (!status.equals(deployment.status())) {
      writeStatus(status);
    }
  }

  private void rolloutStatus(Sets sets) {
    DeploymentStatus before = deployment.status();
    DeploymentStatus status = counted(sets);
    ImmutableList<DeploymentCondition> conditions = status.conditions();
    if (!Rollout.hasProgressDeadline(deployment)) {
      conditions = DeploymentConditions.without(conditions, DeploymentConditions.PROGRESSING);
    } else {
      conditions = progress(sets, before, status);
    }
    DeploymentCondition failure = replicaFailure(sets);
    conditions =
        failure == null
            ? DeploymentConditions.without(conditions, DeploymentConditions.REPLICA_FAILURE)
            : DeploymentConditions.with(conditions, failure);
    status = DeploymentStatusBuilder.builder(status).conditions(conditions).build();
    if (status.equals(before)) {
      progressCheck = nextProgressCheck(status);
    } else {
      writeStatus(status);
    }
  }

  private ImmutableList<DeploymentCondition> progress(
      Sets sets, DeploymentStatus before, DeploymentStatus status) {
    ImmutableList<DeploymentCondition> conditions = status.conditions();
    DeploymentCondition current = condition(DeploymentConditions.PROGRESSING);
    if (current != null
        && DeploymentConditions.NEW_REPLICA_SET_AVAILABLE.equals(current.reason())
        && status.replicas() == status.updatedReplicas()) {
      // The roll-out is over; pods that come and go now are not its progress.
      return conditions;
    }
    if (Rollout.isComplete(deployment, status)) {
      return DeploymentConditions.with(
          conditions,
          DeploymentConditions.of(
              DeploymentConditions.PROGRESSING,
              ConditionStatus.TRUE,
              DeploymentConditions.NEW_REPLICA_SET_AVAILABLE,
              about(sets) + " has successfully progressed.",
              nowNanos));
    }
    if (Rollout.hasProgressed(before, status)) {
      DeploymentCondition condition =
          DeploymentConditions.of(
              DeploymentConditions.PROGRESSING,
              ConditionStatus.TRUE,
              DeploymentConditions.REPLICA_SET_UPDATED,
              about(sets) + " is progressing.",
              nowNanos);
      if (current != null && current.status() == ConditionStatus.TRUE) {
        condition =
            DeploymentConditionBuilder.builder(condition)
                .lastTransitionTime(current.lastTransitionTime())
                .build();
      }
      // Written anew even with the same reason: the update time starts the deadline again.
      return DeploymentConditions.with(
          DeploymentConditions.without(conditions, DeploymentConditions.PROGRESSING), condition);
    }
    if (hasTimedOut(current)) {
      return DeploymentConditions.with(
          conditions,
          DeploymentConditions.of(
              DeploymentConditions.PROGRESSING,
              ConditionStatus.FALSE,
              DeploymentConditions.TIMED_OUT,
              about(sets) + " has timed out progressing.",
              nowNanos));
    }
    return conditions;
  }

  private String about(Sets sets) {
    return sets.newest == null
        ? "Deployment \"" + deployment.name() + "\""
        : "ReplicaSet \"" + sets.newest.name() + "\"";
  }

  private boolean hasTimedOut(@Nullable DeploymentCondition progressing) {
    if (progressing == null
        || DeploymentConditions.NEW_REPLICA_SET_AVAILABLE.equals(progressing.reason())) {
      return false;
    }
    return DeploymentConditions.TIMED_OUT.equals(progressing.reason())
        || deadlineNanos(progressing) < nowNanos;
  }

  private long deadlineNanos(DeploymentCondition progressing) {
    long seconds = Objects.requireNonNull(deployment.spec().progressDeadlineSeconds());
    return progressing.lastUpdateTime() + seconds * SECOND;
  }

  private ProgressCheck nextProgressCheck(DeploymentStatus status) {
    DeploymentCondition progressing = condition(DeploymentConditions.PROGRESSING);
    if (!Rollout.hasProgressDeadline(deployment)
        || progressing == null
        || Rollout.isComplete(deployment, status)
        || DeploymentConditions.TIMED_OUT.equals(progressing.reason())
        // Upstream goes on looking, 10 times a second; but what was rolled out cannot time out.
        || DeploymentConditions.NEW_REPLICA_SET_AVAILABLE.equals(progressing.reason())) {
      return new ProgressCheck(Timestamps.NONE);
    }
    long left = deadlineNanos(progressing) - nowNanos;
    // A second later than the deadline, as upstream; where it is that near, just after it.
    return new ProgressCheck(left < SECOND ? Math.max(left, 0) + 1 : left + SECOND);
  }

  private DeploymentStatus counted(Sets sets) {
    List<ReplicaSet> all = sets.all();
    int available = Rollout.available(all);
    boolean enough = available >= Rollout.replicas(deployment) - Rollout.maxUnavailable(deployment);
    return DeploymentStatusBuilder.builder(deployment.status())
        .observedGeneration(deployment.metadata().generation())
        .replicas(Rollout.actual(all))
        .updatedReplicas(Rollout.actual(sets.newestOnly()))
        .readyReplicas(Rollout.ready(all))
        .availableReplicas(available)
        .unavailableReplicas(Math.max(0, Rollout.replicas(all) - available))
        .terminatingReplicas(null)
        .conditions(
            DeploymentConditions.with(
                deployment.status().conditions(),
                DeploymentConditions.of(
                    DeploymentConditions.AVAILABLE,
                    enough ? ConditionStatus.TRUE : ConditionStatus.FALSE,
                    enough
                        ? DeploymentConditions.MINIMUM_REPLICAS_AVAILABLE
                        : DeploymentConditions.MINIMUM_REPLICAS_UNAVAILABLE,
                    enough
                        ? "Deployment has minimum availability."
                        : "Deployment does not have minimum availability.",
                    nowNanos)))
        .build();
  }

  private static @Nullable DeploymentCondition replicaFailure(Sets sets) {
    List<ReplicaSet> newestFirst = new ArrayList<>(sets.newestOnly());
    newestFirst.addAll(sets.old);
    for (ReplicaSet set : newestFirst) {
      Condition failure =
          Condition.find(set.status().conditions(), DeploymentConditions.REPLICA_FAILURE);
      if (failure != null) {
        return new DeploymentCondition(
            failure.type(),
            failure.status(),
            failure.lastTransitionTime(),
            failure.lastTransitionTime(),
            failure.reason(),
            failure.message(),
            Fields.NONE);
      }
    }
    return null;
  }

  private void writeStatus(DeploymentStatus status) {
    deployment = deployment.withStatus(status);
    actions.add(new DeploymentAction.UpdateStatus(deployment));
  }

  // ------------------------------------------------------------------------------------ small

  private @Nullable DeploymentCondition condition(String type) {
    return DeploymentCondition.find(deployment.status().conditions(), type);
  }

  private static Deployment withCondition(Deployment deployment, DeploymentCondition condition) {
    return deployment.withStatus(
        DeploymentStatusBuilder.builder(deployment.status())
            .conditions(DeploymentConditions.with(deployment.status().conditions(), condition))
            .build());
  }

  private static List<ReplicaSet> active(List<ReplicaSet> sets) {
    List<ReplicaSet> active = new ArrayList<>();
    for (ReplicaSet set : sets) {
      if (Rollout.replicas(set) > 0) {
        active.add(set);
      }
    }
    return active;
  }

  private static ReplicaSet withAnnotations(
      ReplicaSet set, ImmutableMap<String, String> annotations) {
    return set.withMetadata(
        ObjectMetaBuilder.builder(set.metadata()).annotations(annotations).build());
  }

  private static ReplicaSet withReplicas(ReplicaSet set, int replicas) {
    return Rollout.replicas(set) == replicas
        ? set
        : set.withSpec(ReplicaSetSpecBuilder.builder(set.spec()).replicas(replicas).build());
  }
}

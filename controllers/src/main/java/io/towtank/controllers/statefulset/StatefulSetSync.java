package io.towtank.controllers.statefulset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.RollingUpdateStatefulSetStrategy;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetStatus;
import io.towtank.api.StatefulSetStatusBuilder;
import io.towtank.api.StatefulSetUpdateStrategy;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.Pods;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a StatefulSet and its pods leads to (pkg/controller/statefulset:
 * stateful_set_control.go).
 *
 * <pre>
 *   wanted pods, lowest number first ──► claims of those too many ──► those too many, highest
 *   create, replace what has ended       (owners)                     number first ──► pods of
 *                                                                     old revisions, highest first
 * </pre>
 *
 * With OrderedReady, the first pod that is not ready yet ends the pass; with Parallel it does not.
 */
public final class StatefulSetSync {
  private StatefulSetSync() {}

  /** A revision's name and what it says of pods. */
  public record Target(String revision, PodTemplateSpec template) {}

  /**
   * Writes that belong together.
   *
   * @param parallel whether the chains are independent; otherwise each waits for the one before
   * @param chains writes of which each waits for the one before
   */
  public record Phase(boolean parallel, ImmutableList<ImmutableList<StatefulSetAction>> chains) {}

  /**
   * What a sync does.
   *
   * @param status the status that the set ought to have when all went well
   * @param statusAfterFailure the status that it ought to have when something did not
   */
  public record Decision(
      ImmutableList<Phase> phases, StatefulSetStatus status, StatefulSetStatus statusAfterFailure) {
    /** All actions, in order. */
    public List<StatefulSetAction> actions() {
      return phases.stream()
          .flatMap(phase -> phase.chains.stream())
          .flatMap(ImmutableList::stream)
          .toList();
    }
  }

  /**
   * Decides.
   *
   * @param current what the pods that are not to be updated are made from
   * @param update what the set's template is
   * @param pods those of the set
   * @param claims the claims that there are
   * @param collisionCount how often a revision's name was taken
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static Decision decide(
      StatefulSet set,
      Target current,
      Target update,
      Collection<Pod> pods,
      Function<ObjectKey, @Nullable PersistentVolumeClaim> claims,
      StatefulSetOptions options,
      int collisionCount,
      long nowNanos) {
    return new Pass(set, current, update, claims, options, collisionCount, nowNanos).run(pods);
  }

  /** The number of pods that is wanted; the default is 1. */
  static int replicas(StatefulSet set) {
    Integer replicas = set.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  /** For how long a pod must be ready before it counts as available. */
  static int minReadySeconds(StatefulSet set) {
    Integer seconds = set.spec().minReadySeconds();
    return seconds == null ? 0 : seconds;
  }

  /** The status to write, null where the one that is there will do (inconsistentStatus). */
  public static @Nullable StatefulSetStatus toWrite(StatefulSet set, StatefulSetStatus wanted) {
    StatefulSetStatus old = set.status();
    return wanted.observedGeneration() > old.observedGeneration()
            || wanted.replicas() != old.replicas()
            || wanted.currentReplicas() != old.currentReplicas()
            || wanted.readyReplicas() != old.readyReplicas()
            || wanted.updatedReplicas() != old.updatedReplicas()
            || wanted.availableReplicas() != old.availableReplicas()
            || !Objects.equals(wanted.currentRevision(), old.currentRevision())
            || !Objects.equals(wanted.updateRevision(), old.updateRevision())
        ? wanted
        : null;
  }

  /** One look. */
  private static final class Pass {
    private final StatefulSet set;
    private final Target current;
    private final Target update;
    private final StatefulClaims claims;
    private final StatefulSetOptions options;
    private final int collisionCount;
    private final long nowNanos;
    private final int minReadySeconds;
    private final int start;
    private final @Nullable Pod[] replicas;
    private final List<Pod> condemned = new ArrayList<>();
    private final boolean ordered;
    private final ImmutableList.Builder<Phase> phases = ImmutableList.builder();
    private @Nullable Pod firstUnavailable;
    private int deletedForUpdate;

    Pass(
        StatefulSet set,
        Target current,
        Target update,
        Function<ObjectKey, @Nullable PersistentVolumeClaim> claims,
        StatefulSetOptions options,
        int collisionCount,
        long nowNanos) {
      this.set = set;
      this.current = current;
      this.update = update;
      this.claims = new StatefulClaims(set, claims);
      this.options = options;
      this.collisionCount = collisionCount;
      this.nowNanos = nowNanos;
      this.minReadySeconds = StatefulSetSync.minReadySeconds(set);
      this.start = set.spec().ordinals() == null ? 0 : set.spec().ordinals().start();
      this.replicas = new Pod[StatefulSetSync.replicas(set)];
      this.ordered = !Objects.equals(set.spec().podManagementPolicy(), "Parallel");
    }

    Decision run(Collection<Pod> pods) {
      if (set.metadata().deletionTimestamp() != Timestamps.NONE) {
        StatefulSetStatus status = completed(status(pods, 0));
        return new Decision(ImmutableList.of(), status, status);
      }
      for (Pod pod : pods) {
        int ordinal = StatefulPods.ordinal(pod);
        if (ordinal >= start && ordinal - start < replicas.length) {
          replicas[ordinal - start] = pod;
        } else if (ordinal >= 0) {
          condemned.add(pod);
        }
      }
      condemned.sort(Comparator.comparingInt(StatefulPods::ordinal).reversed());
      firstUnavailable = firstUnavailable();
      if (!replicasDone() && !condemnedClaimsDone() && !condemnedDone()) {
        update();
      }
      List<Pod> counted = new ArrayList<>(condemned);
      for (Pod pod : replicas) {
        if (pod != null) {
          counted.add(pod);
        }
      }
      return new Decision(
          phases.build(),
          completed(status(counted, deletedForUpdate)),
          completed(status(counted, 0)));
    }

    /** Null where it is one that is still to be created, which no pod that there is equals. */
    private @Nullable Pod firstUnavailable() {
      for (Pod pod : replicas) {
        if (pod == null || isUnavailable(pod)) {
          return pod;
        }
      }
      for (int i = condemned.size() - 1; i >= 0; i--) {
        if (isUnavailable(condemned.get(i))) {
          return condemned.get(i);
        }
      }
      return null;
    }

    private boolean isAvailable(Pod pod) {
      return Pods.isAvailable(pod, minReadySeconds, nowNanos);
    }

    private boolean isUnavailable(Pod pod) {
      return StatefulPods.isTerminating(pod) || !isAvailable(pod);
    }

    /** Whether the pass ends here. */
    private boolean replicasDone() {
      ImmutableList.Builder<ImmutableList<StatefulSetAction>> chains = ImmutableList.builder();
      boolean done = false;
      for (int i = 0; i < replicas.length && !done; i++) {
        List<StatefulSetAction> actions = new ArrayList<>();
        done = replicaDone(i, actions) && ordered;
        if (!actions.isEmpty()) {
          chains.add(ImmutableList.copyOf(actions));
        }
      }
      phases.add(new Phase(!ordered, chains.build()));
      return done;
    }

    /** Whether, with ordered pods, no other can be looked at. */
    private boolean replicaDone(int index, List<StatefulSetAction> actions) {
      int ordinal = start + index;
      Pod pod = replicas[index];
      if (pod == null) {
        create(ordinal, actions);
        return true;
      }
      if (pod.status().phase().isTerminal()) {
        if (!StatefulPods.isTerminating(pod)) {
          actions.add(new StatefulSetAction.DeletePod(pod));
        }
        return true;
      }
      if (pod.status().phase() == PodPhase.PENDING) {
        PersistentVolumeClaim ending = claims.ending(ordinal);
        ImmutableList<PersistentVolumeClaim> missing = claims.missing(ordinal);
        if (!missing.isEmpty()) {
          actions.add(new StatefulSetAction.CreateClaims(pod, missing));
        }
        if (ending != null) {
          actions.add(new StatefulSetAction.WaitForClaim(pod, ending));
          return true;
        }
        updateClaims(pod, false, actions);
      }
      if (ordered && !(StatefulPods.isHealthy(pod) && isAvailable(pod))) {
        return true;
      }
      boolean stored = StatefulPods.hasStorage(set, pod);
      if (!StatefulPods.hasIdentity(pod) || !stored) {
        actions.add(
            new StatefulSetAction.UpdatePod(
                StatefulPods.identified(set, pod),
                stored ? ImmutableList.of() : claims.missing(ordinal)));
      }
      if (pod.status().phase() != PodPhase.PENDING) {
        updateClaims(pod, false, actions);
      }
      return false;
    }

    private void create(int ordinal, List<StatefulSetAction> actions) {
      Target target = isOfCurrentRevision(ordinal) ? current : update;
      Pod pod = StatefulPods.create(set, target.template(), target.revision(), ordinal);
      if (claims.isStale(pod, ordinal)) {
        return;
      }
      PersistentVolumeClaim ending = claims.ending(ordinal);
      if (ending != null) {
        actions.add(new StatefulSetAction.WaitForClaim(pod, ending));
        return;
      }
      actions.add(new StatefulSetAction.CreatePod(pod, target.revision(), claims.missing(ordinal)));
    }

    private boolean isOfCurrentRevision(int ordinal) {
      StatefulSetUpdateStrategy strategy = set.spec().updateStrategy();
      RollingUpdateStatefulSetStrategy rolling = strategy == null ? null : strategy.rollingUpdate();
      if (rolling != null) {
        return ordinal < start + partition(rolling);
      }
      return isRollingUpdate() && ordinal < start + set.status().currentReplicas();
    }

    private boolean isRollingUpdate() {
      StatefulSetUpdateStrategy strategy = set.spec().updateStrategy();
      return strategy == null || !Objects.equals(strategy.type(), "OnDelete");
    }

    private static int partition(RollingUpdateStatefulSetStrategy rolling) {
      Integer partition = rolling.partition();
      return partition == null ? 0 : partition;
    }

    private void updateClaims(Pod pod, boolean isCondemned, List<StatefulSetAction> actions) {
      for (PersistentVolumeClaim claim : claims.misowned(pod, isCondemned)) {
        actions.add(new StatefulSetAction.UpdateClaim(pod, claim));
      }
    }

    private boolean condemnedClaimsDone() {
      ImmutableList.Builder<ImmutableList<StatefulSetAction>> chains = ImmutableList.builder();
      for (Pod pod : condemned) {
        List<StatefulSetAction> actions = new ArrayList<>();
        updateClaims(pod, true, actions);
        if (!actions.isEmpty()) {
          chains.add(ImmutableList.copyOf(actions));
        }
      }
      phases.add(new Phase(!ordered, chains.build()));
      return false;
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean condemnedDone() {
      ImmutableList.Builder<ImmutableList<StatefulSetAction>> chains = ImmutableList.builder();
      boolean done = false;
      for (int i = 0; i < condemned.size() && !done; i++) {
        Pod pod = condemned.get(i);
        boolean blocked =
            StatefulPods.isTerminating(pod)
                || (ordered
                    && pod != firstUnavailable
                    && !(StatefulPods.isRunningAndReady(pod) && isAvailable(pod)));
        if (!blocked) {
          chains.add(ImmutableList.of(new StatefulSetAction.DeletePod(pod)));
        }
        done = ordered;
      }
      phases.add(new Phase(!ordered, chains.build()));
      return done;
    }

    private void update() {
      if (!isRollingUpdate()) {
        return;
      }
      StatefulSetUpdateStrategy strategy = set.spec().updateStrategy();
      RollingUpdateStatefulSetStrategy rolling = strategy == null ? null : strategy.rollingUpdate();
      int first = rolling == null ? 0 : partition(rolling);
      ImmutableList.Builder<ImmutableList<StatefulSetAction>> chains = ImmutableList.builder();
      int atOnce = 1;
      if (options.maxUnavailable()) {
        atOnce = maxUnavailable(rolling) - unavailable();
      }
      for (int i = replicas.length - 1; i >= first && deletedForUpdate < atOnce; i--) {
        Pod pod = replicas[i];
        String revision =
            pod != null
                ? StatefulPods.revision(pod)
                : (isOfCurrentRevision(start + i) ? current : update).revision();
        if (pod == null
            ? !revision.equals(update.revision())
            : !revision.equals(update.revision()) && !StatefulPods.isTerminating(pod)) {
          if (pod != null) {
            chains.add(ImmutableList.of(new StatefulSetAction.DeletePod(pod)));
          }
          deletedForUpdate++;
        } else if (!options.maxUnavailable() && (pod == null || isUnavailable(pod))) {
          break;
        }
      }
      phases.add(new Phase(false, chains.build()));
    }

    private int unavailable() {
      int unavailable = 0;
      for (Pod pod : replicas) {
        if (pod == null || isUnavailable(pod)) {
          unavailable++;
        }
      }
      return unavailable;
    }

    /** At least 1; a percentage is rounded down (getStatefulSetMaxUnavailable). */
    private int maxUnavailable(@Nullable RollingUpdateStatefulSetStrategy rolling) {
      return rolling == null || rolling.maxUnavailable() == null
          ? 1
          : Math.max(1, rolling.maxUnavailable().scaled(replicas.length, false));
    }

    private StatefulSetStatus status(Collection<Pod> pods, int deleted) {
      int ready = 0;
      int available = 0;
      int ofCurrent = 0;
      int updated = 0;
      for (Pod pod : pods) {
        if (StatefulPods.isRunningAndReady(pod)) {
          ready++;
          if (isAvailable(pod)) {
            available++;
          }
        }
        if (!StatefulPods.isTerminating(pod)) {
          String revision = StatefulPods.revision(pod);
          if (revision.equals(current.revision())) {
            ofCurrent++;
          }
          if (revision.equals(update.revision())) {
            updated++;
          }
        }
      }
      return StatefulSetStatusBuilder.builder(set.status())
          .observedGeneration(set.metadata().generation())
          .replicas(pods.size())
          .readyReplicas(ready)
          .availableReplicas(available)
          .currentReplicas(ofCurrent - deleted)
          .updatedReplicas(updated)
          .currentRevision(current.revision())
          .updateRevision(update.revision())
          .collisionCount(collisionCount)
          .build();
    }

    /** The update is over where all pods are of the new revision, which is then the current one. */
    private StatefulSetStatus completed(StatefulSetStatus status) {
      boolean complete =
          isRollingUpdate()
              && status.updatedReplicas() == replicas.length
              && status.readyReplicas() == replicas.length
              && status.replicas() == replicas.length;
      return complete
          ? StatefulSetStatusBuilder.builder(status)
              .currentReplicas(status.updatedReplicas())
              .currentRevision(status.updateRevision())
              .build()
          : status;
    }
  }
}

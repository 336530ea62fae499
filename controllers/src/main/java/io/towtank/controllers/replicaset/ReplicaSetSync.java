package io.towtank.controllers.replicaset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Condition;
import io.towtank.api.ConditionBuilder;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Pod;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetStatus;
import io.towtank.api.ReplicaSetStatusBuilder;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.Pods;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What one look at a ReplicaSet and its pods leads to (pkg/controller/replicaset). */
public final class ReplicaSetSync {
  /** How many pods one sync creates or deletes at most (kube-controller-manager: BurstReplicas). */
  static final int BURST = 500;

  private static final String REPLICA_FAILURE = "ReplicaFailure";

  private ReplicaSetSync() {}

  /**
   * What a sync does.
   *
   * @param status the status to be written, null where the one that is there will do
   */
  public record Decision(
      ImmutableList<ReplicaSetAction> actions, @Nullable ReplicaSetStatus status) {}

  /**
   * Decides for a set that stands alone and expects nothing; what is done is taken to succeed. The
   * controller takes the same steps, with what the API answers between them.
   *
   * @param pods those of the set's namespace
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static Decision decide(ReplicaSet replicaSet, Collection<Pod> pods, long nowNanos) {
    OwnedPods owned = new OwnedPods();
    owned.configure(replicaSet);
    List<Pod> orphans = new ArrayList<>();
    for (Pod pod : pods) {
      if (ControllerRefs.isControlledBy(pod.metadata(), ControllerRefs.uid(replicaSet))) {
        owned.put(pod);
      } else if (ControllerRefs.of(pod.metadata()) == null) {
        orphans.add(pod);
      }
    }
    ImmutableList.Builder<ReplicaSetAction> actions = ImmutableList.builder();
    List<Pod> active = new ArrayList<>(owned.selected());
    PodCounts counts = owned.counts(nowNanos);
    for (ReplicaSetAction claim : claim(replicaSet, owned.unselected(), orphans)) {
      actions.add(claim);
      if (claim instanceof ReplicaSetAction.Adopt(Pod pod)) {
        active.add(pod);
        counts = counts.plus(pod, owned.templateLabels(), minReadySeconds(replicaSet), nowNanos);
      }
    }
    ReplicaSetAction scaling =
        scale(replicaSet, counts.active(), () -> active, () -> node -> 0, nowNanos);
    if (scaling != null) {
      actions.add(scaling);
    }
    return new Decision(
        actions.build(), toWrite(replicaSet, status(replicaSet, counts, null, nowNanos)));
  }

  /**
   * Which pods change hands: active orphans that the selector matches are adopted, own ones that it
   * does not match are released; a set that is being deleted leaves all as it is.
   */
  static ImmutableList<ReplicaSetAction> claim(
      ReplicaSet replicaSet, Iterable<Pod> own, Iterable<Pod> orphans) {
    if (replicaSet.metadata().deletionTimestamp() != Timestamps.NONE) {
      return ImmutableList.of();
    }
    Selector selector = Selector.of(replicaSet.spec().selector());
    ImmutableList.Builder<ReplicaSetAction> actions = ImmutableList.builder();
    for (Pod pod : orphans) {
      if (Pods.isActive(pod) && selector.matches(pod.metadata().labels())) {
        actions.add(new ReplicaSetAction.Adopt(pod));
      }
    }
    for (Pod pod : own) {
      if (!selector.matches(pod.metadata().labels())) {
        actions.add(new ReplicaSetAction.Release(pod));
      }
    }
    return actions.build();
  }

  /**
   * How to come from the pods that there are to those that are wanted.
   *
   * @param active how many active pods the set has
   * @param pods them; asked for only where some must go
   * @param related how many active pods of sets of the same owner are on a node
   * @param nowNanos the time, in nanoseconds since 1970
   * @return null where nothing is to be done
   */
  static @Nullable ReplicaSetAction scale(
      ReplicaSet replicaSet,
      int active,
      Supplier<? extends Collection<Pod>> pods,
      Supplier<ToIntFunction<@Nullable String>> related,
      long nowNanos) {
    if (replicaSet.metadata().deletionTimestamp() != Timestamps.NONE) {
      return null;
    }
    int surplus = active - replicas(replicaSet);
    if (surplus < 0) {
      return new ReplicaSetAction.Create(Math.min(-surplus, BURST));
    }
    if (surplus == 0) {
      return null;
    }
    int deletions = Math.min(surplus, BURST);
    Collection<Pod> all = pods.get();
    return new ReplicaSetAction.Delete(
        deletions < all.size()
            ? DeletionOrder.first(deletions, all, related.get(), nowNanos)
            : ImmutableList.copyOf(all));
  }

  /**
   * The status that the set ought to have.
   *
   * @param failure why creating or deleting pods failed, null where it did not
   * @param nowNanos the time, in nanoseconds since 1970
   */
  static ReplicaSetStatus status(
      ReplicaSet replicaSet, PodCounts counts, @Nullable String failure, long nowNanos) {
    ReplicaSetStatus old = replicaSet.status();
    return ReplicaSetStatusBuilder.builder(old)
        .replicas(counts.active())
        .fullyLabeledReplicas(counts.fullyLabeled())
        .readyReplicas(counts.ready())
        .availableReplicas(counts.available())
        // v1.34: the gate DeploymentReplicaSetTerminatingReplicas is off, the field is not written.
        .terminatingReplicas(null)
        .conditions(conditions(old, failure, counts.active() - replicas(replicaSet), nowNanos))
        .build();
  }

  private static ImmutableList<Condition> conditions(
      ReplicaSetStatus old, @Nullable String failure, int surplus, long nowNanos) {
    boolean failing = old.conditions().stream().anyMatch(ReplicaSetSync::isReplicaFailure);
    if (failing == (failure != null)) {
      return old.conditions();
    }
    ImmutableList.Builder<Condition> conditions = ImmutableList.builder();
    old.conditions().stream().filter(c -> !isReplicaFailure(c)).forEach(conditions::add);
    if (failure != null) {
      conditions.add(
          ConditionBuilder.builder()
              .type(REPLICA_FAILURE)
              .status(ConditionStatus.TRUE)
              .lastTransitionTime(Timestamps.toSecond(nowNanos))
              .reason(surplus < 0 ? "FailedCreate" : surplus > 0 ? "FailedDelete" : "")
              .message(failure)
              .build());
    }
    return conditions.build();
  }

  private static boolean isReplicaFailure(Condition condition) {
    return condition.type().equals(REPLICA_FAILURE);
  }

  /**
   * The status to write, null where the one that is there will do: numbers and conditions are the
   * same and the generation is known.
   */
  static @Nullable ReplicaSetStatus toWrite(ReplicaSet replicaSet, ReplicaSetStatus wanted) {
    long generation = replicaSet.metadata().generation();
    return replicaSet.status().equals(wanted)
            && replicaSet.status().observedGeneration() == generation
        ? null
        : ReplicaSetStatusBuilder.builder(wanted).observedGeneration(generation).build();
  }

  /** The number of pods that is wanted; the default is 1. */
  static int replicas(ReplicaSet replicaSet) {
    Integer replicas = replicaSet.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  /** For how long a pod must be ready before it counts as available. */
  static int minReadySeconds(ReplicaSet replicaSet) {
    Integer seconds = replicaSet.spec().minReadySeconds();
    return seconds == null ? 0 : seconds;
  }
}

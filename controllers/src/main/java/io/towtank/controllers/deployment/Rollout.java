package io.towtank.controllers.deployment;

import io.towtank.api.Deployment;
import io.towtank.api.DeploymentStatus;
import io.towtank.api.DeploymentStrategy;
import io.towtank.api.IntOrString;
import io.towtank.api.ReplicaSet;
import io.towtank.api.RollingUpdateDeployment;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** How far a roll-out may go and has come: the numbers behind a Deployment's decisions. */
final class Rollout {
  private Rollout() {}

  /** The number of pods that is wanted; the default is 1. */
  static int replicas(Deployment deployment) {
    Integer replicas = deployment.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  /** The number of pods that a ReplicaSet is to keep; the default is 1. */
  static int replicas(ReplicaSet set) {
    Integer replicas = set.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  static int minReadySeconds(Deployment deployment) {
    Integer seconds = deployment.spec().minReadySeconds();
    return seconds == null ? 0 : seconds;
  }

  static boolean isPaused(Deployment deployment) {
    return Boolean.TRUE.equals(deployment.spec().paused());
  }

  /** Whether old pods all go before new ones come; otherwise they are replaced bit by bit. */
  static boolean isRecreate(Deployment deployment) {
    DeploymentStrategy strategy = deployment.spec().strategy();
    return strategy != null && "Recreate".equals(strategy.type());
  }

  /** How many pods more than wanted there may be; a percentage is rounded up. */
  static int maxSurge(Deployment deployment) {
    return isRecreate(deployment) ? 0 : surge(deployment);
  }

  private static int surge(Deployment deployment) {
    RollingUpdateDeployment rolling = rolling(deployment);
    return scaled(rolling == null ? null : rolling.maxSurge(), replicas(deployment), true);
  }

  /**
   * How many pods fewer than wanted may be available; a percentage is rounded down. 1 where this
   * and the surge came to 0, since nothing could move then (ResolveFenceposts).
   */
  static int maxUnavailable(Deployment deployment) {
    int replicas = replicas(deployment);
    if (isRecreate(deployment) || replicas == 0) {
      return 0;
    }
    RollingUpdateDeployment rolling = rolling(deployment);
    int unavailable = scaled(rolling == null ? null : rolling.maxUnavailable(), replicas, false);
    if (unavailable == 0 && surge(deployment) == 0) {
      unavailable = 1;
    }
    return Math.min(unavailable, replicas);
  }

  private static @Nullable RollingUpdateDeployment rolling(Deployment deployment) {
    DeploymentStrategy strategy = deployment.spec().strategy();
    return strategy == null ? null : strategy.rollingUpdate();
  }

  private static int scaled(@Nullable IntOrString value, int total, boolean roundUp) {
    // deployment_util.go: ResolveFenceposts
    return value == null ? 0 : value.scaled(total, roundUp);
  }

  /** Whether there is a limit to how long a roll-out may be without progress. */
  static boolean hasProgressDeadline(Deployment deployment) {
    Integer seconds = deployment.spec().progressDeadlineSeconds();
    return seconds != null && seconds != Integer.MAX_VALUE;
  }

  /** Pods that some sets are to have. */
  static int replicas(List<ReplicaSet> sets) {
    return sum(sets, Rollout::replicas);
  }

  /** Pods that some sets have. */
  static int actual(List<ReplicaSet> sets) {
    return sum(sets, set -> set.status().replicas());
  }

  /** Pods of some sets that are available. */
  static int available(List<ReplicaSet> sets) {
    return sum(sets, set -> set.status().availableReplicas());
  }

  /** Pods of some sets that are ready. */
  static int ready(List<ReplicaSet> sets) {
    return sum(sets, set -> set.status().readyReplicas());
  }

  private static int sum(List<ReplicaSet> sets, ToIntFunction<ReplicaSet> count) {
    int sum = 0;
    for (int i = 0; i < sets.size(); i++) {
      sum += count.applyAsInt(sets.get(i));
    }
    return sum;
  }

  /** Whether all pods are new and available, and no old one is left. */
  static boolean isComplete(Deployment deployment, DeploymentStatus status) {
    int replicas = replicas(deployment);
    return status.updatedReplicas() == replicas
        && status.replicas() == replicas
        && status.availableReplicas() == replicas
        && status.observedGeneration() >= deployment.metadata().generation();
  }

  /** Whether anything has moved forward from one status to the next. */
  static boolean hasProgressed(DeploymentStatus before, DeploymentStatus after) {
    return after.updatedReplicas() > before.updatedReplicas()
        || after.replicas() - after.updatedReplicas() < before.replicas() - before.updatedReplicas()
        || after.readyReplicas() > before.readyReplicas()
        || after.availableReplicas() > before.availableReplicas();
  }

  /** How many pods the newest set is to have next (NewRSNewReplicas). */
  static int nextReplicas(Deployment deployment, List<ReplicaSet> all, int newest) {
    int wanted = replicas(deployment);
    if (isRecreate(deployment)) {
      return wanted;
    }
    int room = wanted + surge(deployment) - replicas(all);
    return room <= 0 ? newest : newest + Math.min(room, wanted - newest);
  }

  /**
   * By how much a set grows or shrinks when a Deployment is scaled while several sets have pods:
   * its share of the old maximum becomes that share of the new one (GetReplicaSetProportion).
   *
   * @param toAdd by how much all sets together change
   * @param added by how much those changed that were looked at before
   */
  static int proportion(Deployment deployment, ReplicaSet set, int toAdd, int added) {
    if (replicas(set) == 0 || toAdd == 0 || toAdd == added) {
      return 0;
    }
    int fraction = fraction(deployment, set);
    int allowed = toAdd - added;
    return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
  }

  private static int fraction(Deployment deployment, ReplicaSet set) {
    int size = replicas(set);
    if (replicas(deployment) == 0) {
      return -size;
    }
    Integer before = Annotations.replicas(set, Annotations.MAX_REPLICAS);
    if (before == null || before == 0) {
      before = deployment.status().replicas();
      if (before == 0) {
        return 0;
      }
    }
    double scaled = (double) (size * (replicas(deployment) + maxSurge(deployment))) / before;
    // integer.RoundToInt32: away from zero at a half.
    return (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5) - size;
  }
}

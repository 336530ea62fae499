package io.towtank.controllers;

import io.towtank.api.ConditionStatus;
import io.towtank.api.Deployment;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.ReplicaSet;
import io.towtank.api.RollingUpdateDeployment;
import io.towtank.api.Timestamps;
import io.towtank.store.ApiStore;
import io.towtank.store.CommitListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches every write of a roll-out and holds it against what the Deployment promises. It knows
 * nothing of the controllers and works from sums of its own.
 */
public final class RolloutInvariants implements CommitListener {
  private final ApiStore store;
  private final String name;
  private final Map<ObjectKey, Boolean> available = new HashMap<>();
  private final Map<ObjectKey, Integer> replicas = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private int availablePods;
  private int replicasOfSets;
  private int fewestAvailable = Integer.MAX_VALUE;
  private int mostReplicas;
  private boolean watching;

  /** For the only Deployment of a store. */
  public RolloutInvariants(ApiStore store, String name) {
    this.store = store;
    this.name = name;
    store.addCommitListener(this);
  }

  /** From now on the bounds must hold. */
  public void watch() {
    watching = true;
    fewestAvailable = availablePods;
    mostReplicas = replicasOfSets;
  }

  /** Up to now the bounds had to hold; what was violated. */
  public List<String> stop() {
    watching = false;
    return violations;
  }

  /** The fewest pods that were available at once since {@link #watch}. */
  public int fewestAvailable() {
    return fewestAvailable;
  }

  /** The most replicas that ReplicaSets were to have at once since {@link #watch}. */
  public int mostReplicas() {
    return mostReplicas;
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    KubeObject any = current != null ? current : previous;
    if (any instanceof Pod) {
      boolean now = current instanceof Pod pod && isAvailable(pod);
      Boolean before = available.put(ObjectKey.of(any), now);
      availablePods += (now ? 1 : 0) - (Boolean.TRUE.equals(before) ? 1 : 0);
    } else if (any instanceof ReplicaSet) {
      Integer now = current instanceof ReplicaSet set ? set.spec().replicas() : 0;
      Integer before = replicas.put(ObjectKey.of(any), now);
      replicasOfSets += (now == null ? 1 : now) - (before == null ? 0 : before);
    }
    if (watching) {
      check(revision);
    }
  }

  private static boolean isAvailable(Pod pod) {
    return pod.metadata().deletionTimestamp() == Timestamps.NONE
        && pod.status().conditions().stream()
            .anyMatch(c -> c.type().equals("Ready") && c.status() == ConditionStatus.TRUE);
  }

  private void check(long revision) {
    fewestAvailable = Math.min(fewestAvailable, availablePods);
    mostReplicas = Math.max(mostReplicas, replicasOfSets);
    Deployment deployment = store.get(Kinds.DEPLOYMENT, "default", name);
    if (deployment == null
        || deployment.spec().replicas() == null
        || deployment.spec().strategy() == null) {
      return;
    }
    int wanted = deployment.spec().replicas();
    RollingUpdateDeployment rolling = deployment.spec().strategy().rollingUpdate();
    if (rolling == null || rolling.maxSurge() == null || rolling.maxUnavailable() == null) {
      return;
    }
    int surge = rolling.maxSurge().scaled(wanted, true);
    int unavailable = rolling.maxUnavailable().scaled(wanted, false);
    if (surge == 0 && unavailable == 0) {
      unavailable = 1;
    }
    if (replicasOfSets > wanted + surge) {
      violations.add(
          "revision %d: ReplicaSets want %d pods, at most %d + %d are allowed"
              .formatted(revision, replicasOfSets, wanted, surge));
    }
    if (availablePods < wanted - unavailable) {
      violations.add(
          "revision %d: %d pods are available, at least %d - %d must be"
              .formatted(revision, availablePods, wanted, unavailable));
    }
  }
}

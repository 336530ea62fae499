package io.towtank.autoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.api.Volume;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which pods keep a node from being given up (cluster-autoscaler: simulator/drainability/rules, in
 * their order).
 */
final class DrainRules {
  static final String SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict";
  static final String SAFE_LOCAL_VOLUMES =
      "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";

  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final long SECOND = 1_000_000_000L;
  // drain.go: PodLongTerminatingExtraThreshold
  private static final long LONG_TERMINATING_NANOS = 30 * SECOND;
  private static final ImmutableSet<String> KNOWN_CONTROLLERS =
      ImmutableSet.of("ReplicationController", "DaemonSet", "Job", "ReplicaSet", "StatefulSet");

  /** Tells how large workloads are to be. */
  @FunctionalInterface
  interface Replicas {
    /** How many replicas a pod's controller is to have; Integer.MAX_VALUE where it says nothing. */
    int of(Pod pod, OwnerReference controller);
  }

  /** What is to become of a pod. */
  enum Verdict {
    /** It need not be looked after: it ends with the node. */
    IGNORE,
    /** It has to find another place. */
    MOVE,
    NOT_REPLICATED,
    MIN_REPLICAS_REACHED,
    UNMOVABLE_KUBE_SYSTEM_POD,
    NOT_SAFE_TO_EVICT_ANNOTATION,
    LOCAL_STORAGE_REQUESTED,
    NOT_ENOUGH_PDB;

    /** Whether it keeps its node. */
    boolean blocks() {
      return this != IGNORE && this != MOVE;
    }
  }

  private DrainRules() {}

  /**
   * What is to become of a pod whose node is to go.
   *
   * @param epochNanos the time, in nanoseconds since 1970
   */
  static Verdict judge(
      Pod pod,
      Budgets budgets,
      Replicas replicas,
      ClusterAutoscalerOptions options,
      long epochNanos) {
    if (isMirror(pod) || isLongTerminating(pod, epochNanos)) {
      return Verdict.IGNORE;
    }
    OwnerReference controller = controller(pod);
    if (options.skipNodesWithCustomControllerPods()
        && controller != null
        && options.minReplicaCount() > 0
        && replicas.of(pod, controller) < options.minReplicaCount()) {
      return Verdict.MIN_REPLICAS_REACHED;
    }
    if (isDaemon(pod)) {
      return Verdict.IGNORE;
    }
    String safe = pod.metadata().annotations().get(SAFE_TO_EVICT);
    if ("true".equals(safe) || isTerminal(pod)) {
      // Budgets, too, are asked only when it is evicted.
      return Verdict.MOVE;
    }
    if (controller == null
        || (options.skipNodesWithCustomControllerPods()
            && !KNOWN_CONTROLLERS.contains(controller.kind()))) {
      return Verdict.NOT_REPLICATED;
    }
    if (options.skipNodesWithSystemPods()
        && "kube-system".equals(pod.metadata().namespace())
        && !budgets.covers(pod)) {
      return Verdict.UNMOVABLE_KUBE_SYSTEM_POD;
    }
    if ("false".equals(safe)) {
      return Verdict.NOT_SAFE_TO_EVICT_ANNOTATION;
    }
    if (options.skipNodesWithLocalStorage() && hasLocalStorage(pod)) {
      return Verdict.LOCAL_STORAGE_REQUESTED;
    }
    return budgets.allows(pod) ? Verdict.MOVE : Verdict.NOT_ENOUGH_PDB;
  }

  /** Whether the pod is a static one's image in the API. */
  static boolean isMirror(Pod pod) {
    return pod.metadata().annotations().containsKey(MIRROR);
  }

  /**
   * From when on a pod that is being deleted counts as gone though it is there, as on a node that
   * is lost; until then it has its time to end. In nanoseconds since 1970, {@link Timestamps#NONE}
   * for a pod that is not being deleted.
   */
  static long longTerminatingFrom(Pod pod) {
    long deletion = pod.metadata().deletionTimestamp();
    if (deletion == Timestamps.NONE) {
      return Timestamps.NONE;
    }
    Long grace = pod.spec().terminationGracePeriodSeconds();
    return deletion + (grace == null ? 30 : grace) * SECOND + LONG_TERMINATING_NANOS + 1;
  }

  /** Whether a pod that is being deleted counts as gone (drain.IsPodLongTerminating). */
  static boolean isLongTerminating(Pod pod, long epochNanos) {
    long from = longTerminatingFrom(pod);
    return from != Timestamps.NONE && from <= epochNanos;
  }

  /** Whether the pod is a DaemonSet's. */
  static boolean isDaemon(Pod pod) {
    OwnerReference controller = controller(pod);
    return controller != null && controller.kind().equals("DaemonSet");
  }

  private static @Nullable OwnerReference controller(Pod pod) {
    for (OwnerReference owner : pod.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        return owner;
      }
    }
    return null;
  }

  private static boolean isTerminal(Pod pod) {
    return pod.status().phase().isTerminal();
  }

  /** emptyDir, unless in memory, and hostPath; but those that an annotation calls safe. */
  private static boolean hasLocalStorage(Pod pod) {
    String safe = pod.metadata().annotations().get(SAFE_LOCAL_VOLUMES);
    List<String> names =
        safe == null ? List.of() : Splitter.on(',').trimResults().splitToList(safe);
    for (Volume volume : pod.spec().volumes()) {
      if (isLocal(volume) && !names.contains(volume.name())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLocal(Volume volume) {
    if (volume.rest().get("hostPath") != null) {
      return true;
    }
    JsonNode emptyDir = volume.rest().get("emptyDir");
    return emptyDir != null && !emptyDir.path("medium").asText("").equals("Memory");
  }
}

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

  static final String MIRROR = "kubernetes.io/config.mirror";
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

  /** What is to become of a pod whose node is to go. */
  static Verdict judge(
      Pod pod, Budgets budgets, Replicas replicas, ClusterAutoscalerOptions options) {
    if (pod.metadata().annotations().containsKey(MIRROR)
        || pod.metadata().deletionTimestamp() != Timestamps.NONE
        || isDaemon(pod)) {
      return Verdict.IGNORE;
    }
    String safe = pod.metadata().annotations().get(SAFE_TO_EVICT);
    if ("true".equals(safe) || isTerminal(pod)) {
      return budgets.allows(pod) ? Verdict.MOVE : Verdict.NOT_ENOUGH_PDB;
    }
    OwnerReference controller = controller(pod);
    if (controller == null
        || (options.skipNodesWithCustomControllerPods()
            && !KNOWN_CONTROLLERS.contains(controller.kind()))) {
      return Verdict.NOT_REPLICATED;
    }
    if (options.minReplicaCount() > 0 && replicas.of(pod, controller) < options.minReplicaCount()) {
      return Verdict.MIN_REPLICAS_REACHED;
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

package io.towtank.controllers.daemonset;

import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.Pods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The pods that a DaemonSet has on a node, or means for it. */
final class NodePods implements Comparable<NodePods> {
  /** Where a node is in an update: which of its pods are of the template, and available. */
  enum Standing {
    /** Pods neither of the template nor of another. */
    EMPTY,
    /** More than one of a kind: they are cleaned up first. */
    CROWDED,
    /** An old one, and a new one that is not available yet. */
    SURGING,
    /** An old one, and a new one that is available. */
    SURGED,
    NEW_UNAVAILABLE,
    NEW_AVAILABLE,
    OLD_UNAVAILABLE,
    OLD_AVAILABLE,
    /** No pod is here and none is wanted. */
    OUTSIDE
  }

  /** Scheduled ones first, then the oldest (podByCreationTimestampAndPhase). */
  private static final Comparator<Pod> OLDEST_FIRST =
      Comparator.<Pod, Boolean>comparing(pod -> pod.nodeName() == null)
          .thenComparingLong(pod -> pod.metadata().creationTimestamp())
          .thenComparing(Pod::name);

  private static final long SECOND = 1_000_000_000L;

  private final int sequence;
  private final String name;
  private final List<Pod> pods = new ArrayList<>(1);
  private @Nullable Node node;
  private DaemonTemplate.Placement placement = DaemonTemplate.Placement.NONE;

  // What the sums of DaemonPods have of it.
  Standing standing = Standing.OUTSIDE;
  boolean desired;
  boolean current;
  boolean misscheduled;
  boolean ready;
  boolean available;
  boolean updated;
  boolean servedByOldest;
  long dueNanos = Timestamps.NONE;

  /**
   * @param sequence its place among nodes
   */
  NodePods(int sequence, String name) {
    this.sequence = sequence;
    this.name = name;
  }

  @Override
  public int compareTo(NodePods other) {
    return Integer.compare(sequence, other.sequence);
  }

  String name() {
    return name;
  }

  boolean isUnused() {
    return node == null && pods.isEmpty();
  }

  @Nullable Node node() {
    return node;
  }

  void setNode(@Nullable Node node) {
    this.node = node;
  }

  /** Whether the placement is another than before. */
  boolean place(DaemonTemplate template) {
    DaemonTemplate.Placement before = placement;
    placement = node == null ? DaemonTemplate.Placement.NONE : template.placement(node);
    return placement != before;
  }

  boolean shouldRun() {
    return placement == DaemonTemplate.Placement.RUN;
  }

  void put(Pod pod) {
    for (int i = 0; i < pods.size(); i++) {
      if (pods.get(i).name().equals(pod.name())) {
        pods.set(i, pod);
        pods.sort(OLDEST_FIRST);
        return;
      }
    }
    pods.add(pod);
    pods.sort(OLDEST_FIRST);
  }

  void remove(String podName) {
    pods.removeIf(pod -> pod.name().equals(podName));
  }

  private static boolean isTerminating(Pod pod) {
    return pod.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  /** Looks at the pods and says where the node stands. */
  void look(DaemonTemplate template, int minReadySeconds, long nowNanos) {
    boolean exists = node != null;
    Pod oldest = pods.isEmpty() ? null : pods.getFirst();
    desired = exists && shouldRun();
    current = desired && oldest != null;
    misscheduled = exists && !desired && oldest != null;
    ready = current && oldest != null && oldest.isReady();
    available = ready && oldest != null && Pods.isAvailable(oldest, minReadySeconds, nowNanos);
    updated = current && oldest != null && template.isCurrent(oldest);
    dueNanos = Timestamps.NONE;
    boolean crowded = false;
    Pod newPod = null;
    Pod oldPod = null;
    for (Pod pod : pods) {
      PodCondition condition = Pods.ready(pod);
      if (minReadySeconds > 0 && condition != null) {
        long due = condition.lastTransitionTime() + minReadySeconds * SECOND + 1;
        if (due > nowNanos && (dueNanos == Timestamps.NONE || due < dueNanos)) {
          dueNanos = due;
        }
      }
      if (isTerminating(pod)) {
        continue;
      }
      if (template.isCurrent(pod)) {
        crowded |= newPod != null;
        newPod = pod;
      } else {
        crowded |= oldPod != null;
        oldPod = pod;
      }
    }
    boolean newAvailable = newPod != null && Pods.isAvailable(newPod, minReadySeconds, nowNanos);
    boolean oldAvailable = oldPod != null && Pods.isAvailable(oldPod, minReadySeconds, nowNanos);
    servedByOldest = !crowded && (oldPod != null ? oldAvailable : newAvailable);
    if (crowded) {
      standing = Standing.CROWDED;
    } else if (newPod != null && oldPod != null) {
      standing = newAvailable ? Standing.SURGED : Standing.SURGING;
    } else if (newPod != null) {
      standing = newAvailable ? Standing.NEW_AVAILABLE : Standing.NEW_UNAVAILABLE;
    } else if (oldPod != null) {
      standing = oldAvailable ? Standing.OLD_AVAILABLE : Standing.OLD_UNAVAILABLE;
    } else {
      standing = pods.isEmpty() && !desired ? Standing.OUTSIDE : Standing.EMPTY;
    }
  }

  /** The one pod that is not of the template, where there is one and it is not being deleted. */
  @Nullable Pod oldPod(DaemonTemplate template) {
    for (Pod pod : pods) {
      if (!isTerminating(pod) && !template.isCurrent(pod)) {
        return pod;
      }
    }
    return null;
  }

  /**
   * What is to be done here, apart from updates (podsShouldBeOnNode).
   *
   * @param surge whether an update may have two pods here
   * @param mayReplace whether a failed pod's time of waiting is over
   * @param actions where it is added
   */
  void manage(
      DaemonTemplate template,
      boolean surge,
      int minReadySeconds,
      Predicate<Pod> mayReplace,
      long nowNanos,
      List<DaemonSetAction> actions) {
    if (node == null) {
      for (Pod pod : pods) {
        if (pod.nodeName() == null) {
          actions.add(new DaemonSetAction.DeletePod(pod, DaemonSetAction.Reason.NO_NODE));
        }
      }
      return;
    }
    switch (placement) {
      case RUN -> {
        if (pods.isEmpty()) {
          actions.add(new DaemonSetAction.CreatePod(name));
        } else {
          tidy(template, surge, minReadySeconds, mayReplace, nowNanos, actions);
        }
      }
      case STAY -> tidy(template, surge, minReadySeconds, mayReplace, nowNanos, actions);
      case NONE -> {
        for (Pod pod : pods) {
          if (!isTerminating(pod)) {
            actions.add(new DaemonSetAction.DeletePod(pod, DaemonSetAction.Reason.MISPLACED));
          }
        }
      }
    }
  }

  private void tidy(
      DaemonTemplate template,
      boolean surge,
      int minReadySeconds,
      Predicate<Pod> mayReplace,
      long nowNanos,
      List<DaemonSetAction> actions) {
    List<Pod> running = new ArrayList<>(pods.size());
    for (Pod pod : pods) {
      if (isTerminating(pod)) {
        continue;
      }
      if (pod.status().phase() == PodPhase.FAILED) {
        if (mayReplace.test(pod)) {
          actions.add(new DaemonSetAction.DeletePod(pod, DaemonSetAction.Reason.FAILED));
        }
      } else if (pod.status().phase() == PodPhase.SUCCEEDED) {
        actions.add(new DaemonSetAction.DeletePod(pod, DaemonSetAction.Reason.SUCCEEDED));
      } else {
        running.add(pod);
      }
    }
    if (!surge) {
      for (int i = 1; i < running.size(); i++) {
        actions.add(
            new DaemonSetAction.DeletePod(running.get(i), DaemonSetAction.Reason.ONE_TOO_MANY));
      }
      return;
    }
    if (running.size() <= 1) {
      if (running.isEmpty() && shouldRun()) {
        actions.add(new DaemonSetAction.CreatePod(name));
      }
      return;
    }
    Pod newest = null;
    Pod old = null;
    for (Pod pod : running) {
      boolean isNew = template.hasHash(pod);
      if (isNew && newest == null) {
        newest = pod;
      } else if (!isNew && old == null) {
        old = pod;
      } else {
        actions.add(new DaemonSetAction.DeletePod(pod, DaemonSetAction.Reason.ONE_TOO_MANY));
      }
    }
    if (newest != null
        && old != null
        && (!old.isReady() || Pods.isAvailable(newest, minReadySeconds, nowNanos))) {
      actions.add(new DaemonSetAction.DeletePod(old, DaemonSetAction.Reason.OLD));
    }
  }
}

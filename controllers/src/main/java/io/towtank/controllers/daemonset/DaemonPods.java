package io.towtank.controllers.daemonset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetStatus;
import io.towtank.api.DaemonSetStatusBuilder;
import io.towtank.api.DaemonSetUpdateStrategy;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.RollingUpdateDaemonSet;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a DaemonSet on all nodes, counted as they change: a change of one pod or node costs
 * the same whatever the number of the others.
 *
 * <p>Nodes and pods may be known before the set is configured; they are counted once it is.
 */
final class DaemonPods {
  private record Due(long nanos, NodePods node) {}

  private final Map<String, NodePods> byNode = new HashMap<>();
  private final Map<String, String> nodeOfPod = new HashMap<>();
  private final Map<NodePods.Standing, SortedSet<NodePods>> standing =
      new EnumMap<>(NodePods.Standing.class);
  // Changed since they were looked at, or looked at and not yet as they ought to be.
  private final TreeSet<NodePods> pending = new TreeSet<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparing(Due::node));
  private int nodesSeen;

  private @Nullable DaemonTemplate template;
  private @Nullable DaemonSet configured;
  private String hash = "";
  private int minReadySeconds;
  private long nowNanos;

  private int desired;
  private int current;
  private int misscheduled;
  private int ready;
  private int available;
  private int updated;
  private int served;

  DaemonPods() {
    for (NodePods.Standing each : NodePods.Standing.values()) {
      standing.put(each, new TreeSet<>());
    }
  }

  private SortedSet<NodePods> at(NodePods.Standing place) {
    SortedSet<NodePods> nodes = standing.get(place);
    if (nodes == null) {
      throw new IllegalStateException("no " + place);
    }
    return nodes;
  }

  /** Takes over what the set says of its pods; looks at all anew where that has changed. */
  @SuppressWarnings("ReferenceEquality")
  DaemonTemplate configure(DaemonSet set, String newHash, long now) {
    DaemonTemplate known = template;
    DaemonSet before = configured;
    configured = set;
    nowNanos = now;
    if (known != null
        && before != null
        && before.spec() == set.spec()
        && before.metadata().annotations().equals(set.metadata().annotations())
        && newHash.equals(hash)) {
      return known;
    }
    hash = newHash;
    minReadySeconds = minReadySeconds(set);
    DaemonTemplate changed = new DaemonTemplate(set, newHash);
    template = changed;
    for (NodePods node : new TreeSet<>(byNode.values())) {
      node.place(changed);
      count(node);
    }
    return changed;
  }

  static int minReadySeconds(DaemonSet set) {
    Integer seconds = set.spec().minReadySeconds();
    return seconds == null ? 0 : seconds;
  }

  private NodePods node(String name) {
    return byNode.computeIfAbsent(name, n -> new NodePods(nodesSeen++, n));
  }

  /** Takes in a node as it is now; whether that matters to the set. */
  boolean putNode(Node node) {
    NodePods here = node(node.name());
    boolean isNew = here.node() == null;
    here.setNode(node);
    DaemonTemplate known = template;
    if (known == null) {
      return false;
    }
    if (here.place(known) || isNew) {
      count(here);
      return true;
    }
    return false;
  }

  /** Forgets a node; whether that matters to the set. */
  boolean removeNode(String name) {
    NodePods here = byNode.get(name);
    if (here == null) {
      return false;
    }
    here.setNode(null);
    DaemonTemplate known = template;
    if (known != null) {
      here.place(known);
      count(here);
    }
    forgetIfUnused(here);
    return known != null;
  }

  /** Takes in a pod as it is now. */
  void put(Pod pod) {
    String target = DaemonTemplate.targetNode(pod);
    String before = nodeOfPod.get(pod.name());
    boolean ending =
        pod.status().phase().isTerminal() && pod.metadata().deletionTimestamp() != Timestamps.NONE;
    if (before != null && (ending || !before.equals(target))) {
      remove(pod.name());
    }
    if (target != null && !ending) {
      nodeOfPod.put(pod.name(), target);
      NodePods here = node(target);
      here.put(pod);
      count(here);
    }
  }

  /** Forgets a pod. */
  void remove(String podName) {
    String target = nodeOfPod.remove(podName);
    NodePods here = target == null ? null : byNode.get(target);
    if (here != null) {
      here.remove(podName);
      count(here);
      forgetIfUnused(here);
    }
  }

  private void forgetIfUnused(NodePods here) {
    if (here.isUnused()) {
      byNode.remove(here.name());
      pending.remove(here);
      add(here, -1);
      at(here.standing).remove(here);
      here.dueNanos = Timestamps.NONE;
    }
  }

  /** Looks at a node anew. */
  private void count(NodePods here) {
    DaemonTemplate known = template;
    if (known == null) {
      return;
    }
    long dueBefore = here.dueNanos;
    add(here, -1);
    at(here.standing).remove(here);
    here.look(known, minReadySeconds, nowNanos);
    at(here.standing).add(here);
    add(here, 1);
    pending.add(here);
    if (here.dueNanos != Timestamps.NONE && here.dueNanos != dueBefore) {
      due.add(new Due(here.dueNanos, here));
    }
  }

  private void add(NodePods here, int change) {
    desired += here.desired ? change : 0;
    current += here.current ? change : 0;
    misscheduled += here.misscheduled ? change : 0;
    ready += here.ready ? change : 0;
    available += here.available ? change : 0;
    updated += here.updated ? change : 0;
    served += here.servedByOldest ? change : 0;
  }

  /** Lets time pass, for pods that become available by it; times must not decrease. */
  void advance(long now) {
    nowNanos = now;
    while (!due.isEmpty() && due.element().nanos() <= now) {
      Due next = due.remove();
      if (next.node().dueNanos == next.nanos()) {
        count(next.node());
      }
    }
  }

  /** When the next pod becomes available just by waiting; {@link Timestamps#NONE} if none does. */
  long nextAvailableNanos() {
    while (!due.isEmpty() && due.element().node().dueNanos != due.element().nanos()) {
      due.remove();
    }
    return due.isEmpty() ? Timestamps.NONE : due.element().nanos();
  }

  /** The status that the set ought to have. */
  DaemonSetStatus status(DaemonSet set, boolean observed) {
    return DaemonSetStatusBuilder.builder(set.status())
        .desiredNumberScheduled(desired)
        .currentNumberScheduled(current)
        .numberMisscheduled(misscheduled)
        .numberReady(ready)
        .updatedNumberScheduled(updated)
        .numberAvailable(available)
        .numberUnavailable(desired - available)
        .observedGeneration(
            observed ? set.metadata().generation() : set.status().observedGeneration())
        .build();
  }

  /**
   * What is to be done on nodes, apart from updates. A node on which nothing is to be done is not
   * looked at again before it changes.
   */
  ImmutableList<DaemonSetAction> manage(DaemonSet set, Predicate<Pod> mayReplace) {
    DaemonTemplate known = template;
    if (known == null || pending.isEmpty()) {
      return ImmutableList.of();
    }
    boolean surge = allowsSurge(set);
    List<DaemonSetAction> actions = new ArrayList<>();
    List<NodePods> settled = new ArrayList<>();
    boolean[] waits = new boolean[1];
    Predicate<Pod> replaceable =
        pod -> {
          boolean may = mayReplace.test(pod);
          waits[0] |= !may;
          return may;
        };
    for (NodePods here : pending) {
      int before = actions.size();
      waits[0] = false;
      here.manage(known, surge, minReadySeconds, replaceable, nowNanos, actions);
      if (actions.size() == before && !waits[0]) {
        settled.add(here);
      }
    }
    settled.forEach(pending::remove);
    return ImmutableList.copyOf(actions);
  }

  /** Which pods an update replaces now (daemon/update.go: rollingUpdate). */
  ImmutableList<DaemonSetAction> rollingUpdate(DaemonSet set) {
    DaemonTemplate known = template;
    DaemonSetUpdateStrategy strategy = set.spec().updateStrategy();
    if (known == null || (strategy != null && "OnDelete".equals(strategy.type()))) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<DaemonSetAction> actions = ImmutableList.builder();
    int maxSurge = maxSurge(set);
    if (maxSurge > 0) {
      surge(known, maxSurge, actions);
    } else {
      replace(known, maxUnavailable(set), actions);
    }
    return actions.build();
  }

  private int size(NodePods.Standing place) {
    return at(place).size();
  }

  private void replace(
      DaemonTemplate known, int maxUnavailable, ImmutableList.Builder<DaemonSetAction> actions) {
    at(NodePods.Standing.OLD_UNAVAILABLE).forEach(here -> deleteOld(known, here, actions));
    int remaining =
        maxUnavailable
            - size(NodePods.Standing.EMPTY)
            - size(NodePods.Standing.CROWDED)
            - size(NodePods.Standing.SURGING)
            - size(NodePods.Standing.SURGED)
            - size(NodePods.Standing.NEW_UNAVAILABLE)
            - size(NodePods.Standing.OLD_UNAVAILABLE);
    for (NodePods here : at(NodePods.Standing.OLD_AVAILABLE)) {
      if (remaining-- <= 0) {
        return;
      }
      deleteOld(known, here, actions);
    }
  }

  private void surge(
      DaemonTemplate known, int maxSurge, ImmutableList.Builder<DaemonSetAction> actions) {
    at(NodePods.Standing.SURGED).forEach(here -> deleteOld(known, here, actions));
    for (NodePods here : at(NodePods.Standing.OLD_UNAVAILABLE)) {
      if (here.shouldRun()) {
        actions.add(new DaemonSetAction.CreatePod(here.name()));
      } else {
        deleteOld(known, here, actions);
      }
    }
    // Where a pod is not wanted any more it goes only once others serve in its place.
    int deletable = served - desired;
    int remaining = maxSurge - size(NodePods.Standing.CROWDED) - size(NodePods.Standing.SURGING);
    for (NodePods here : at(NodePods.Standing.OLD_AVAILABLE)) {
      if (here.shouldRun()) {
        if (remaining-- > 0) {
          actions.add(new DaemonSetAction.CreatePod(here.name()));
        }
      } else if (deletable-- > 0) {
        deleteOld(known, here, actions);
      }
      if (remaining <= 0 && deletable <= 0) {
        return;
      }
    }
  }

  private static void deleteOld(
      DaemonTemplate known, NodePods here, ImmutableList.Builder<DaemonSetAction> actions) {
    Pod old = here.oldPod(known);
    if (old != null) {
      actions.add(new DaemonSetAction.DeletePod(old, DaemonSetAction.Reason.OLD));
    }
  }

  private static @Nullable RollingUpdateDaemonSet rolling(DaemonSet set) {
    DaemonSetUpdateStrategy strategy = set.spec().updateStrategy();
    return strategy == null || "OnDelete".equals(strategy.type()) ? null : strategy.rollingUpdate();
  }

  private static boolean allowsSurge(DaemonSet set) {
    RollingUpdateDaemonSet rolling = rolling(set);
    return rolling != null && rolling.maxSurge() != null && rolling.maxSurge().scaled(1, true) > 0;
  }

  private int maxSurge(DaemonSet set) {
    RollingUpdateDaemonSet rolling = rolling(set);
    return rolling == null || rolling.maxSurge() == null
        ? 0
        : rolling.maxSurge().scaled(desired, true);
  }

  /** At least 1 where there is no surge (updatedDesiredNodeCounts). */
  private int maxUnavailable(DaemonSet set) {
    RollingUpdateDaemonSet rolling = rolling(set);
    int most =
        rolling == null || rolling.maxUnavailable() == null
            ? 1
            : rolling.maxUnavailable().scaled(desired, true);
    return most == 0 && desired > 0 ? 1 : most;
  }
}

package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How a node runs short of one {@link NodeResource}, where the behaviour of its containers says
 * what they use, and what is done then.
 *
 * <ul>
 *   <li>Every 10 s the kubelet looks whether less is available than its thresholds say. If so, the
 *       node is under pressure until that is over for the transition period, of 5 min unless the
 *       scenario says otherwise. When a threshold was crossed for its grace period, of disk, images
 *       that no pod uses are removed; and if that is not enough, one pod is evicted: one that uses
 *       more than it requested before others, then of the lowest priority, then the one that is
 *       furthest beyond its request; of processes, one of the lowest priority, then the one that
 *       has most. It is waited for, 30 s at most, before anybody else has to go.
 *   <li>A pod with a container that uses more disk than its limit is evicted at the next look
 *       (kubelet: eviction_manager.go, localStorageEviction).
 *   <li>Where memory runs out between two looks, the kernel ends a container: the one with the
 *       highest oom_score, its share of memory plus what its QoS class adds (kubelet:
 *       qos/policy.go).
 * </ul>
 *
 * Use grows evenly, so that the moments at which something happens are computed, not looked for.
 */
final class Shortage {
  private static final long SECOND = 1_000_000_000L;
  // kubelet: evictionMonitoringPeriod; eviction_manager.go, podCleanupTimeout
  private static final long MONITOR_NANOS = 10 * SECOND;
  private static final long CLEANUP_NANOS = 30 * SECOND;
  // scheduling: SystemCriticalPriority
  private static final int CRITICAL = 2_000_000_000;

  /** What a container uses, since when, and beyond which its pod is evicted; 0 for nothing. */
  private record Use(int row, int container, long sinceNanos, ResourceUse use, long limitBytes) {
    long amount(long nowNanos) {
      return use.after(nowNanos - sinceNanos);
    }
  }

  private final HollowKubelets kubelets;
  private final HollowKubelet node;
  private final NodePressure pressure;
  private final NodeResource resource;
  private final ThresholdWatch thresholds;
  private List<Use> uses = List.of();
  private long timer;
  private long transitionTimer;
  private long pressureSeenNanos;
  private boolean pressed;

  Shortage(
      HollowKubelets kubelets, HollowKubelet node, NodePressure pressure, NodeResource resource) {
    this.kubelets = kubelets;
    this.node = node;
    this.pressure = pressure;
    this.resource = resource;
    this.thresholds =
        new ThresholdWatch(
            kubelets.eviction().thresholds().stream()
                .filter(threshold -> NodeResource.of(threshold.signal()) == resource)
                .collect(ImmutableList.toImmutableList()));
  }

  /** Whether the node is short of it, or was so a short time ago. */
  boolean isPressed() {
    return pressed;
  }

  /**
   * A container runs.
   *
   * @param limitBytes beyond which its pod is evicted; 0 for none
   */
  void started(int row, int container, ResourceUse use, long limitBytes) {
    if (uses.isEmpty()) {
      uses = new ArrayList<>();
    }
    uses.add(new Use(row, container, kubelets.now(), use, limitBytes));
    plan(false);
  }

  /** A container runs no more. */
  void ended(int row, int container) {
    if (!uses.isEmpty() && uses.removeIf(use -> use.row == row && use.container == container)) {
      plan(false);
    }
  }

  /** No container of a pod runs any more. */
  void ended(int row) {
    if (!uses.isEmpty() && uses.removeIf(use -> use.row == row)) {
      plan(false);
    }
  }

  /** The node has crashed. */
  void forget() {
    uses = List.of();
    kubelets.cancel(timer);
    kubelets.cancel(transitionTimer);
    timer = 0;
    transitionTimer = 0;
    pressed = false;
    thresholds.forget();
  }

  /** The pod that was evicted last has ended: the next look need not be put off. */
  void lookSooner() {
    plan(false);
  }

  /**
   * Sets the timer for the next moment at which something may have to be done.
   *
   * @param inVain whether just now nobody could be evicted
   */
  private void plan(boolean inVain) {
    kubelets.cancel(timer);
    timer = 0;
    long capacity = capacity();
    if (uses.isEmpty()) {
      thresholds.forget();
      return;
    }
    long now = kubelets.now();
    long highest = thresholds.highest(capacity);
    boolean memory = resource == NodeResource.MEMORY;
    boolean known = capacity > 0;
    long outAt = memory && known ? reachedNanos(capacity + 1, now) : ContainerRun.FOREVER;
    long shortAt =
        thresholds.isCrossed()
            ? now
            : Math.min(
                known && highest > 0
                    ? reachedNanos(capacity - highest + 1, now)
                    : ContainerRun.FOREVER,
                exceededNanos());
    long lookAt = shortAt == ContainerRun.FOREVER ? shortAt : lookAt(shortAt);
    if (Math.min(outAt, lookAt) == ContainerRun.FOREVER) {
      return;
    }
    long delay = Math.max(0, Math.min(outAt, lookAt) - now);
    timer =
        inVain
            ? kubelets.scheduleBackground(delay, this::act)
            : kubelets.schedule(delay, this::act);
  }

  /** When the kubelet looks for the first time from some moment on. */
  private long lookAt(long nanos) {
    long from = Math.max(nanos, pressure.leavingUntilNanos());
    long looks = Math.max(0, Math.ceilDiv(from - node.startedNanos, MONITOR_NANOS));
    long lookAt = node.startedNanos + looks * MONITOR_NANOS;
    return lookAt <= pressureSeenNanos ? pressureSeenNanos + MONITOR_NANOS : lookAt;
  }

  private long capacity() {
    return node.capacity(resource);
  }

  /** When the first container uses more than its limit. */
  private long exceededNanos() {
    long first = ContainerRun.FOREVER;
    for (Use use : uses) {
      if (use.limitBytes > 0) {
        long after = use.use.exceedsNanos(use.limitBytes);
        first = after == ContainerRun.FOREVER ? first : Math.min(first, use.sinceNanos + after);
      }
    }
    return first;
  }

  private long reachedNanos(long amount, long now) {
    long used = used(now);
    if (used >= amount) {
      return now;
    }
    double perSecond = 0;
    for (Use use : uses) {
      perSecond += use.use.perSecond();
    }
    if (perSecond == 0) {
      return ContainerRun.FOREVER;
    }
    // A little later: fractions are cut off in many places.
    long after = ResourceUse.nanos((amount - used + uses.size()) / perSecond * SECOND);
    return after == ContainerRun.FOREVER ? after : now + after + 1;
  }

  private long used(long now) {
    long used = resource == NodeResource.DISK ? kubelets.images().bytes(node) : 0;
    for (Use use : uses) {
      used += use.amount(now);
    }
    return used;
  }

  private long used(int row, long now) {
    long used = 0;
    for (Use use : uses) {
      used += use.row == row ? use.amount(now) : 0;
    }
    return used;
  }

  private void act() {
    timer = 0;
    long now = kubelets.now();
    long capacity = capacity();
    boolean inVain = false;
    if (evictExceeding(now) || capacity == 0) {
      plan(false);
      return;
    }
    long available = capacity - used(now);
    if (resource == NodeResource.MEMORY && available < 0) {
      killOne(now);
    } else {
      thresholds.look(available, capacity, now);
      if (thresholds.isCrossed()) {
        pressureSeenNanos = now;
        press();
        EvictionThreshold threshold = thresholds.toReclaim();
        boolean leaving = pressure.leavingUntilNanos() > now;
        inVain = threshold != null && !leaving && !reclaim(threshold, now);
        kubelets.cancel(transitionTimer);
        long transitionNanos = kubelets.eviction().pressureTransitionNanos();
        // Pressure that nobody can relieve keeps no run from being idle.
        transitionTimer =
            inVain
                ? kubelets.scheduleBackground(transitionNanos, this::release)
                : kubelets.schedule(transitionNanos, this::release);
      }
    }
    plan(inVain);
  }

  /** Makes room: removes images, and if need be evicts a pod; whether there was a way. */
  private boolean reclaim(EvictionThreshold threshold, long now) {
    kubelets.event(
        node, "Warning", "EvictionThresholdMet", "Attempting to reclaim " + resource.resource);
    long capacity = capacity();
    if (resource.isOnDisk()) {
      kubelets.images().removeUnused(node);
      if (!thresholds.isWanting(capacity - used(now), capacity)) {
        return true;
      }
    }
    return evictOne(threshold, capacity - used(now), now);
  }

  /** Evicts the pods of containers that use more than their limit; whether there were any. */
  private boolean evictExceeding(long now) {
    List<Use> exceeding = new ArrayList<>();
    for (Use use : uses) {
      if (use.limitBytes > 0 && use.amount(now) > use.limitBytes) {
        exceeding.add(use);
      }
    }
    for (Use use : exceeding) {
      // Another of its containers may have had it evicted already.
      if (uses.contains(use)) {
        PodPlan plan = kubelets.table().plan(use.row);
        kubelets
            .worker(use.row)
            .evict(
                "Container "
                    + plan.containers.get(use.container).name()
                    + " exceeded its local ephemeral storage limit \""
                    + resource.text(use.limitBytes)
                    + "\". ");
        uses.remove(use);
      }
    }
    return !exceeding.isEmpty();
  }

  // Out of memory

  private void killOne(long now) {
    Use victim = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (Use use : uses) {
      double score = 1_000.0 * use.amount(now) / capacity() + scoreAdjustment(use);
      if (score > highest) {
        highest = score;
        victim = use;
      }
    }
    if (victim != null) {
      PodPlan plan = kubelets.table().plan(victim.row);
      kubelets.outOfMemory();
      kubelets.event(
          node,
          "Warning",
          "SystemOOM",
          "System OOM encountered, victim process: "
              + plan.containers.get(victim.container).name());
      kubelets.worker(victim.row).outOfMemory(victim.container);
    }
  }

  private int scoreAdjustment(Use use) {
    PodPlan plan = kubelets.table().plan(use.row);
    return OomScore.adjustment(plan, use.container, capacity());
  }

  // Short of it

  private void press() {
    if (!pressed) {
      pressure.tell(resource, true);
      pressed = true;
    }
  }

  private void release() {
    transitionTimer = 0;
    pressed = false;
    pressure.tell(resource, false);
  }

  /** Whether there was a pod that could be evicted. */
  private boolean evictOne(EvictionThreshold threshold, long available, long now) {
    List<Integer> rows = new ArrayList<>();
    PodTable table = kubelets.table();
    for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
      if (!table.ended[row] && !isCritical(table.plan(row)) && !isSpared(table.pod(row))) {
        rows.add(row);
      }
    }
    if (rows.isEmpty()) {
      return false;
    }
    rows.sort(ranking(now));
    int row = rows.getFirst();
    long graceSeconds =
        threshold.isHard()
            ? PodWorker.EVICTION_GRACE_SECONDS
            : Math.min(kubelets.eviction().maxPodGraceSeconds(), table.plan(row).graceSeconds);
    pressure.leaves(row, now + CLEANUP_NANOS);
    kubelets.worker(row).evict(message(row, threshold, available, now), graceSeconds);
    return true;
  }

  /** Who goes first (kubelet: eviction/helpers.go, rankMemoryPressure and its neighbours). */
  private Comparator<Integer> ranking(long now) {
    PodTable table = kubelets.table();
    Comparator<Integer> byPriority = Comparator.comparingInt(row -> priority(table.plan(row)));
    return switch (resource) {
      case MEMORY, DISK ->
          Comparator.<Integer>comparingInt(
                  row -> used(row, now) > request(row, resource.resource) ? 0 : 1)
              .thenComparing(byPriority)
              .thenComparingLong(row -> request(row, resource.resource) - used(row, now));
      // Nobody requests files: who has any has more than requested. The disk that a pod requested
      // counts as if it were files.
      case INODES ->
          Comparator.<Integer>comparingInt(row -> used(row, now) > 0 ? 0 : 1)
              .thenComparing(byPriority)
              .thenComparingLong(row -> request(row, NodeResource.DISK.resource) - used(row, now));
      case PIDS -> byPriority.thenComparingLong(row -> -used(row, now));
    };
  }

  /** What goes already, and what the node runs by itself. */
  private static boolean isSpared(Pod pod) {
    return pod.metadata().deletionTimestamp() != Timestamps.NONE || StaticPods.isMirror(pod);
  }

  static boolean isCritical(PodPlan plan) {
    return priority(plan) >= CRITICAL;
  }

  private static int priority(PodPlan plan) {
    Integer priority = plan.spec.priority();
    return priority == null ? 0 : priority;
  }

  private long request(int row, String resource) {
    return kubelets.table().plan(row).requests.getOrDefault(resource, 0L);
  }

  private String message(int row, EvictionThreshold threshold, long available, long now) {
    StringBuilder message =
        new StringBuilder("The node was low on resource: ")
            .append(resource.resource)
            .append(". Threshold quantity: ")
            .append(resource.text(threshold.value().of(capacity())))
            .append(", available: ")
            .append(resource.text(available))
            .append(". ");
    if (resource != NodeResource.MEMORY && resource != NodeResource.DISK) {
      return message.toString();
    }
    PodPlan plan = kubelets.table().plan(row);
    for (Use use : uses) {
      long request =
          use.row == row ? request(plan.containers.get(use.container), resource.resource) : 0;
      if (use.row == row && use.amount(now) > request) {
        message
            .append("Container ")
            .append(plan.containers.get(use.container).name())
            .append(" was using ")
            .append(resource.text(use.amount(now)))
            .append(", request is ")
            .append(resource.text(request))
            .append(", has larger consumption of ")
            .append(resource.resource)
            .append(". ");
      }
    }
    return message.toString();
  }

  /** What a container requests of a resource, in whole units. */
  static long request(Container container, String resource) {
    ResourceRequirements resources = container.resources();
    Quantity request = resources == null ? null : resources.requests().get(resource);
    return request == null ? 0 : request.value();
  }
}

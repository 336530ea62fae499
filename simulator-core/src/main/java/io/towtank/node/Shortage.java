package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import io.towtank.api.QosClass;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How a node runs short of one resource, where the behaviour of its containers says what they use,
 * and what is done then.
 *
 * <ul>
 *   <li>Every 10 s the kubelet looks whether less is available than its thresholds say. If so, the
 *       node is under pressure until that is over for the transition period, of 5 min unless the
 *       scenario says otherwise. When a threshold was crossed for its grace period, of disk, images
 *       that no pod uses are removed; and if that is not enough, one pod is evicted: one that uses
 *       more than it requested before others, then of the lowest priority, then the one that is
 *       furthest beyond its request (kubelet: eviction/helpers.go, rankMemoryPressure,
 *       rankDiskPressureFunc). It is waited for, 30 s at most, before anybody else has to go.
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
  // scheduling: SystemCriticalPriority, SystemNodeCritical
  private static final int CRITICAL = 2_000_000_000;
  private static final int NODE_CRITICAL = 2_000_001_000;
  private static final String SUFFIXES = "KMGT";
  private static final int GUARANTEED_SCORE = -997;
  private static final int BEST_EFFORT_SCORE = 1_000;

  /** What a node runs short of. */
  enum Resource {
    MEMORY("memory", "MemoryPressure"),
    /** Images and containers share one file system, of which there are thus two signals. */
    DISK("ephemeral-storage", "DiskPressure");

    /** As pods request it. */
    final String resource;

    /** The node's condition. */
    final String condition;

    Resource(String resource, String condition) {
      this.resource = resource;
      this.condition = condition;
    }

    boolean isMeantBy(EvictionThreshold threshold) {
      return (threshold.signal() == EvictionSignal.MEMORY_AVAILABLE) == (this == MEMORY);
    }

    String reason(boolean pressed) {
      return this == MEMORY
          ? pressed ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory"
          : pressed ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure";
    }

    String message(boolean pressed) {
      return this == MEMORY
          ? pressed
              ? "kubelet has insufficient memory available"
              : "kubelet has sufficient memory available"
          : pressed ? "kubelet has disk pressure" : "kubelet has no disk pressure";
    }
  }

  /** What a container uses. */
  private record Use(
      int row,
      int container,
      long sinceNanos,
      long startBytes,
      long bytesPerSecond,
      long limitBytes) {
    long bytes(long nowNanos) {
      return startBytes + (long) (bytesPerSecond * ((nowNanos - sinceNanos) / (double) SECOND));
    }
  }

  private final HollowKubelets kubelets;
  private final HollowKubelet node;
  private final Resource resource;
  private final ThresholdWatch thresholds;
  private List<Use> uses = List.of();
  private long timer;
  private long transitionTimer;
  private long pressureSeenNanos;
  private boolean pressed;

  /** Who was evicted last, and until when that is waited for. */
  private int leavingRow = PodTable.NONE;

  private long leavingUntilNanos;

  Shortage(HollowKubelets kubelets, HollowKubelet node, Resource resource) {
    this.kubelets = kubelets;
    this.node = node;
    this.resource = resource;
    this.thresholds =
        new ThresholdWatch(
            kubelets.eviction().thresholds().stream()
                .filter(resource::isMeantBy)
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
  void started(int row, int container, long bytes, long bytesPerSecond, long limitBytes) {
    if (uses.isEmpty()) {
      uses = new ArrayList<>();
    }
    uses.add(new Use(row, container, kubelets.now(), bytes, bytesPerSecond, limitBytes));
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
    if (row == leavingRow) {
      leavingRow = PodTable.NONE;
      leavingUntilNanos = 0;
    }
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
    leavingRow = PodTable.NONE;
    leavingUntilNanos = 0;
  }

  /**
   * Sets the timer for the next moment at which something may have to be done.
   *
   * @param inVain whether just now nobody could be evicted
   */
  private void plan(boolean inVain) {
    kubelets.cancel(timer);
    timer = 0;
    long capacity = capacityBytes();
    if (uses.isEmpty()) {
      thresholds.forget();
      return;
    }
    long now = kubelets.now();
    long highest = thresholds.highestBytes(capacity);
    boolean memory = resource == Resource.MEMORY;
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
    long from = Math.max(nanos, leavingUntilNanos);
    long looks = Math.max(0, Math.ceilDiv(from - node.startedNanos, MONITOR_NANOS));
    long lookAt = node.startedNanos + looks * MONITOR_NANOS;
    return lookAt <= pressureSeenNanos ? pressureSeenNanos + MONITOR_NANOS : lookAt;
  }

  private long capacityBytes() {
    return node.capacityBytes(resource);
  }

  /** When the first container uses more than its limit. */
  private long exceededNanos() {
    long first = ContainerRun.FOREVER;
    for (Use use : uses) {
      if (use.limitBytes > 0) {
        long after = ContainerRun.exceedsNanos(use.startBytes, use.bytesPerSecond, use.limitBytes);
        first = after == ContainerRun.FOREVER ? first : Math.min(first, use.sinceNanos + after);
      }
    }
    return first;
  }

  private long reachedNanos(long bytes, long now) {
    long used = usedBytes(now);
    if (used >= bytes) {
      return now;
    }
    long bytesPerSecond = 0;
    for (Use use : uses) {
      bytesPerSecond += use.bytesPerSecond;
    }
    return bytesPerSecond == 0
        ? ContainerRun.FOREVER
        // A little later: fractions of bytes are cut off in many places.
        : now + (long) ((bytes - used + uses.size()) / (double) bytesPerSecond * SECOND) + 1;
  }

  private long usedBytes(long now) {
    long used = resource == Resource.DISK ? kubelets.images().bytes(node) : 0;
    for (Use use : uses) {
      used += use.bytes(now);
    }
    return used;
  }

  private long usedBytes(int row, long now) {
    long used = 0;
    for (Use use : uses) {
      used += use.row == row ? use.bytes(now) : 0;
    }
    return used;
  }

  private void act() {
    timer = 0;
    long now = kubelets.now();
    long capacity = capacityBytes();
    boolean inVain = false;
    if (evictExceeding(now) || capacity == 0) {
      plan(false);
      return;
    }
    long available = capacity - usedBytes(now);
    if (resource == Resource.MEMORY && available < 0) {
      killOne(now);
    } else {
      thresholds.look(available, capacity, now);
      if (thresholds.isCrossed()) {
        pressureSeenNanos = now;
        press();
        EvictionThreshold threshold = thresholds.toReclaim();
        inVain = threshold != null && !reclaim(threshold, now);
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
    long capacity = capacityBytes();
    if (resource == Resource.DISK) {
      kubelets.images().removeUnused(node);
      if (!thresholds.isWanting(capacity - usedBytes(now), capacity)) {
        return true;
      }
    }
    return evictOne(threshold, capacity - usedBytes(now), now);
  }

  /** Evicts the pods of containers that use more than their limit; whether there were any. */
  private boolean evictExceeding(long now) {
    List<Use> exceeding = new ArrayList<>();
    for (Use use : uses) {
      if (use.limitBytes > 0 && use.bytes(now) > use.limitBytes) {
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
                    + text(use.limitBytes)
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
      double score = 1_000.0 * use.bytes(now) / capacityBytes() + scoreAdjustment(use);
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
    return scoreAdjustment(plan, use.container, capacityBytes());
  }

  /** oom_score_adj of a container (kubelet: qos/policy.go, GetContainerOOMScoreAdjust). */
  static int scoreAdjustment(PodPlan plan, int container, long capacityBytes) {
    Integer priority = plan.spec.priority();
    if (plan.qosClass == QosClass.GUARANTEED || (priority != null && priority >= NODE_CRITICAL)) {
      return GUARANTEED_SCORE;
    }
    if (plan.qosClass == QosClass.BEST_EFFORT) {
      return BEST_EFFORT_SCORE;
    }
    int score = burstable(plan.containers.get(container), capacityBytes);
    if (plan.isSidecar(container)) {
      // A sidecar does not go before those that it serves (KEP-753).
      for (int i = plan.initCount; i < plan.containers.size(); i++) {
        score = Math.min(score, burstable(plan.containers.get(i), capacityBytes));
      }
    }
    return score;
  }

  private static int burstable(Container container, long capacityBytes) {
    long score = 1_000 - 1_000 * requestBytes(container, "memory") / Math.max(1, capacityBytes);
    return (int) Math.min(999, Math.max(3, score));
  }

  private static long requestBytes(Container container, String resource) {
    ResourceRequirements resources = container.resources();
    Quantity request = resources == null ? null : resources.requests().get(resource);
    return request == null ? 0 : request.value();
  }

  // Short of memory

  private void press() {
    if (!pressed) {
      pressed = true;
      kubelets
          .reports()
          .tell(node, resource.condition, true, resource.reason(true), resource.message(true));
    }
  }

  private void release() {
    transitionTimer = 0;
    pressed = false;
    kubelets
        .reports()
        .tell(node, resource.condition, false, resource.reason(false), resource.message(false));
  }

  /** Whether there was a pod that could be evicted. */
  private boolean evictOne(EvictionThreshold threshold, long availableBytes, long now) {
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
    rows.sort(
        Comparator.<Integer>comparingInt(row -> excess(row, now) > 0 ? 0 : 1)
            .thenComparingInt(row -> priority(table.plan(row)))
            .thenComparingLong(row -> -excess(row, now)));
    int row = rows.getFirst();
    long graceSeconds =
        threshold.isHard()
            ? PodWorker.EVICTION_GRACE_SECONDS
            : Math.min(kubelets.eviction().maxPodGraceSeconds(), table.plan(row).graceSeconds);
    leavingRow = row;
    leavingUntilNanos = now + CLEANUP_NANOS;
    kubelets.worker(row).evict(message(row, threshold, availableBytes, now), graceSeconds);
    return true;
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

  /** By how many bytes a pod uses more than it requested; negative where it uses less. */
  private long excess(int row, long now) {
    return usedBytes(row, now)
        - kubelets.table().plan(row).requests.getOrDefault(resource.resource, 0L);
  }

  private String message(int row, EvictionThreshold threshold, long availableBytes, long now) {
    StringBuilder message =
        new StringBuilder("The node was low on resource: ")
            .append(resource.resource)
            .append(". Threshold quantity: ")
            .append(text(threshold.value().of(capacityBytes())))
            .append(", available: ")
            .append(text(availableBytes))
            .append(". ");
    PodPlan plan = kubelets.table().plan(row);
    for (Use use : uses) {
      long request =
          use.row == row ? requestBytes(plan.containers.get(use.container), resource.resource) : 0;
      if (use.row == row && use.bytes(now) > request) {
        message
            .append("Container ")
            .append(plan.containers.get(use.container).name())
            .append(" was using ")
            .append(text(use.bytes(now)))
            .append(", request is ")
            .append(text(request))
            .append(", has larger consumption of ")
            .append(resource.resource)
            .append(". ");
      }
    }
    return message.toString();
  }

  /** As a Quantity in powers of two prints, whole kibibytes being fine enough. */
  private static String text(long bytes) {
    if (bytes >> 10 == 0) {
      return "0";
    }
    long amount = bytes >> 10;
    int suffix = 0;
    while (amount % 1024 == 0 && suffix < SUFFIXES.length() - 1) {
      amount >>= 10;
      suffix++;
    }
    return amount + SUFFIXES.substring(suffix, suffix + 1) + "i";
  }
}

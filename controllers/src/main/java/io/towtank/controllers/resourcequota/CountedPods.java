package io.towtank.controllers.resourcequota;

import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceQuota;
import io.towtank.api.Timestamps;
import io.towtank.store.admission.QuotaUsage;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the pods within a quota's scopes use together, summed up as they come and go. */
final class CountedPods {
  private static final long SECOND = 1_000_000_000L;

  private final QuotaUsage usage;
  private final ResourceQuota quota;
  private final Map<String, Quantity> sum = new TreeMap<>();
  // Those that are being deleted and still count, and those that ought to be gone: they count as
  // objects, but no more for what they ask for.
  private final Map<ObjectKey, Pod> ending = new LinkedHashMap<>();
  private final Set<ObjectKey> overdue = new HashSet<>();

  CountedPods(QuotaUsage usage, ResourceQuota quota) {
    this.usage = usage;
    this.quota = quota;
  }

  /**
   * Adds a pod.
   *
   * @return from when on it does not count; {@link Timestamps#NONE} for never
   */
  long add(Pod pod) {
    if (!QuotaUsage.isInScope(quota, pod)) {
      return Timestamps.NONE;
    }
    usage.of(pod).forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
    long overdue = overdueNanos(pod);
    if (overdue != Timestamps.NONE) {
      ending.put(ObjectKey.of(pod), pod);
    }
    return overdue;
  }

  void remove(Pod pod) {
    if (QuotaUsage.isInScope(quota, pod)) {
      ObjectKey key = ObjectKey.of(pod);
      ending.remove(key);
      subtract(overdue.remove(key) ? QuotaUsage.ofEndedPod() : usage.of(pod));
    }
  }

  private void subtract(Map<String, Quantity> amounts) {
    amounts.forEach((name, amount) -> sum.computeIfPresent(name, (n, all) -> all.subtract(amount)));
  }

  /** What they use of that name. */
  Quantity used(String name) {
    return sum.getOrDefault(name, Quantity.ZERO);
  }

  /**
   * From when on a pod does not count though it is still there, as on a node that is lost (pods.go:
   * QuotaV1Pod); {@link Timestamps#NONE} for never.
   */
  private static long overdueNanos(Pod pod) {
    long deletion = pod.metadata().deletionTimestamp();
    Long grace = pod.metadata().deletionGracePeriodSeconds();
    return deletion == Timestamps.NONE || grace == null || pod.status().phase().isTerminal()
        ? Timestamps.NONE
        : deletion + grace * SECOND + 1;
  }

  /**
   * Lets time pass, for pods that ought to be gone by it.
   *
   * @param nowNanos nanoseconds since 1970
   * @return when the next one ought to be; {@link Timestamps#NONE} where none is being deleted
   */
  long advance(long nowNanos) {
    long next = Timestamps.NONE;
    for (Iterator<Pod> each = ending.values().iterator(); each.hasNext(); ) {
      Pod pod = each.next();
      long due = overdueNanos(pod);
      if (due > nowNanos) {
        next = next == Timestamps.NONE ? due : Math.min(next, due);
      } else {
        each.remove();
        overdue.add(ObjectKey.of(pod));
        subtract(usage.of(pod));
        QuotaUsage.ofEndedPod().forEach((name, one) -> sum.merge(name, one, Quantity::add));
      }
    }
    return next;
  }
}

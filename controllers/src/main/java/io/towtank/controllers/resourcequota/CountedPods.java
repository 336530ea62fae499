package io.towtank.controllers.resourcequota;

import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceQuota;
import io.towtank.store.admission.QuotaUsage;
import java.util.Map;
import java.util.TreeMap;

/** What the pods within a quota's scopes use together, summed up as they come and go. */
final class CountedPods {
  private final QuotaUsage usage;
  private final ResourceQuota quota;
  private final Map<String, Quantity> sum = new TreeMap<>();

  CountedPods(QuotaUsage usage, ResourceQuota quota) {
    this.usage = usage;
    this.quota = quota;
  }

  void add(Pod pod) {
    if (QuotaUsage.isInScope(quota, pod)) {
      usage.of(pod).forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
    }
  }

  void remove(Pod pod) {
    if (QuotaUsage.isInScope(quota, pod)) {
      usage
          .of(pod)
          .forEach((name, amount) -> sum.computeIfPresent(name, (n, all) -> all.subtract(amount)));
    }
  }

  /** What they use of that name. */
  Quantity used(String name) {
    return sum.getOrDefault(name, Quantity.ZERO);
  }
}

package io.towtank.scenarios.invariant;

import io.towtank.api.Condition;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodDisruptionBudgetStatus;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceQuota;
import io.towtank.api.ResourceQuotaSpec;
import io.towtank.api.ResourceQuotaStatus;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.store.ApiStore;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What budgets and quotas tell, held against what there is. */
final class PoliciesAtRest {
  private static final String COUNT = "count/";

  private final ApiStore store;

  PoliciesAtRest(ApiStore store) {
    this.store = store;
  }

  @Nullable String budget(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = budget.status();
    if (budget.metadata().deletionTimestamp() != Timestamps.NONE) {
      return null;
    }
    if (status == null) {
      return "has no status: nobody has looked at it";
    }
    if (status.conditions().stream().map(Condition::reason).anyMatch("SyncFailed"::equals)) {
      return null;
    }
    if (status.observedGeneration() != budget.metadata().generation()) {
      return "was not looked at since it was changed: generation "
          + budget.metadata().generation()
          + ", observed "
          + status.observedGeneration();
    }
    long healthy = 0;
    if (budget.spec().selector() != null) {
      Selector selector = Selector.of(budget.spec().selector());
      for (Pod pod : store.list(Kinds.POD)) {
        healthy +=
            isNeighbour(budget, pod)
                    && selector.matches(pod.metadata().labels())
                    && pod.metadata().deletionTimestamp() == Timestamps.NONE
                    && pod.isReady()
                ? 1
                : 0;
      }
    }
    if (status.currentHealthy() != healthy) {
      return "tells of " + status.currentHealthy() + " healthy pods, and there are " + healthy;
    }
    int most = (int) Math.max(0, healthy - status.desiredHealthy());
    return status.disruptionsAllowed() > most
        ? "allows " + status.disruptionsAllowed() + " disruptions, and may allow " + most
        : null;
  }

  /** Objects are counted here, as far as scopes leave none out; what pods request is not. */
  @Nullable String quota(ResourceQuota quota) {
    ResourceQuotaSpec spec = quota.spec();
    ResourceQuotaStatus status = quota.status();
    if (spec == null || quota.metadata().deletionTimestamp() != Timestamps.NONE) {
      return null;
    }
    if (status == null || !status.hard().equals(spec.hard())) {
      return "was not looked at since it was changed";
    }
    if (!spec.scopes().isEmpty() || spec.rest().get("scopeSelector") != null) {
      return null;
    }
    for (Map.Entry<String, Quantity> entry : status.used().entrySet()) {
      if (entry.getKey().startsWith(COUNT)) {
        long there = count(quota, entry.getKey().substring(COUNT.length()));
        if (entry.getValue().value() != there) {
          return "tells of "
              + entry.getValue()
              + " used of "
              + entry.getKey()
              + ", and there are "
              + there;
        }
      }
    }
    Quantity pods = status.used().get("pods");
    long counted = pods == null ? 0 : pods.value();
    long least = 0;
    long most = 0;
    for (Pod pod : store.list(Kinds.POD)) {
      if (isNeighbour(quota, pod) && !pod.status().phase().isTerminal()) {
        most++;
        // One that should be gone, on a lost node, counts for some time.
        least += pod.metadata().deletionTimestamp() == Timestamps.NONE ? 1 : 0;
      }
    }
    return pods != null && (counted < least || counted > most)
        ? "tells of " + pods + " used of pods, and there are " + most
        : null;
  }

  private static boolean isNeighbour(KubeObject policy, KubeObject object) {
    return String.valueOf(policy.metadata().namespace()).equals(object.metadata().namespace());
  }

  private long count(ResourceQuota quota, String resource) {
    long count = 0;
    for (Kind<?> kind : store.kinds()) {
      if (resource.equals(
          kind.group().isEmpty() ? kind.plural() : kind.plural() + "." + kind.group())) {
        for (KubeObject object : store.list(kind)) {
          count += isNeighbour(quota, object) ? 1 : 0;
        }
      }
    }
    return count;
  }
}

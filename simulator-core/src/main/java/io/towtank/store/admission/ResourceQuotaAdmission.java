package io.towtank.store.admission;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceQuota;
import io.towtank.api.ResourceQuotaStatus;
import io.towtank.api.ResourceQuotaStatusBuilder;
import io.towtank.api.Service;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what would exceed a quota of its namespace, and charges what it admits to the status of
 * the quotas (apiserver: admission/plugin/resourcequota). What is freed again, the quota controller
 * gives back. As in Kubernetes a quota limits nothing before that controller has seen it.
 */
public final class ResourceQuotaAdmission implements Admission {
  private static final String BY_NAMESPACE = "quota-namespace";

  private final QuotaUsage usage = new QuotaUsage();
  private @Nullable ApiStore indexed;

  @Override
  public KubeObject admit(AdmissionRequest request) {
    KubeObject object = request.object();
    ApiStore store = request.store();
    String namespace = object.metadata().namespace();
    boolean charged =
        request.create() || object instanceof Service || object instanceof PersistentVolumeClaim;
    if (namespace == null || !charged || store.count(Kinds.RESOURCE_QUOTA) == 0) {
      return object;
    }
    charge(request, quotas(store, namespace));
    return object;
  }

  @SuppressWarnings("ReferenceEquality") // One store has one chain; this guards against two.
  private List<ResourceQuota> quotas(ApiStore store, String namespace) {
    if (indexed != store) {
      store.addIndex(Kinds.RESOURCE_QUOTA, BY_NAMESPACE, quota -> quota.metadata().namespace());
      indexed = store;
    }
    List<ResourceQuota> quotas = new ArrayList<>(1);
    store.forEachInIndex(Kinds.RESOURCE_QUOTA, BY_NAMESPACE, namespace, quotas::add);
    return quotas;
  }

  private void charge(AdmissionRequest request, List<ResourceQuota> quotas) {
    KubeObject object = request.object();
    List<ResourceQuota> matching = new ArrayList<>(quotas.size());
    for (ResourceQuota quota : quotas) {
      Map<String, Quantity> hard = hard(quota);
      if (!QuotaUsage.counts(object.kind(), hard.keySet())
          || !QuotaUsage.isInScope(quota, object)) {
        continue;
      }
      if (object instanceof Pod pod) {
        String unspecified = QuotaUsage.unspecified(pod.spec(), hard.keySet());
        if (!unspecified.isEmpty()) {
          throw ApiException.forbidden(
              object, "failed quota: " + quota.name() + ": must specify " + unspecified);
        }
      }
      matching.add(quota);
    }
    if (matching.isEmpty()) {
      return;
    }
    Map<String, Quantity> delta = delta(object, request.current());
    if (delta.isEmpty()) {
      return;
    }
    List<ResourceQuota> charged = new ArrayList<>(matching.size());
    for (ResourceQuota quota : matching) {
      ResourceQuota after = charged(quota, delta, object);
      if (after != null) {
        charged.add(after);
      }
    }
    charged.forEach(request.store()::updateStatus);
  }

  private Map<String, Quantity> delta(KubeObject object, @Nullable KubeObject current) {
    Map<String, Quantity> delta = new TreeMap<>(usage.of(object));
    if (current != null) {
      usage
          .of(current)
          .forEach(
              (name, amount) -> delta.merge(name, Quantity.ZERO.subtract(amount), Quantity::add));
    }
    delta.values().removeIf(Quantity::isZero);
    return delta;
  }

  private static ImmutableMap<String, Quantity> hard(ResourceQuota quota) {
    ResourceQuotaStatus status = quota.status();
    return status == null ? ImmutableMap.of() : status.hard();
  }

  /** The quota with what is asked for added to what is used; null where it limits none of that. */
  private static @Nullable ResourceQuota charged(
      ResourceQuota quota, Map<String, Quantity> delta, KubeObject object) {
    ResourceQuotaStatus status = quota.status();
    if (status == null) {
      return null;
    }
    Map<String, Quantity> used = new LinkedHashMap<>(status.used());
    Map<String, Quantity> requested = new TreeMap<>();
    Map<String, Quantity> exceeded = new TreeMap<>();
    delta.forEach((name, amount) -> {
      Quantity most = status.hard().get(name);
      if (most != null) {
        requested.put(name, amount);
        Quantity sum = used.getOrDefault(name, Quantity.ZERO).add(amount);
        if (amount.sign() > 0 && sum.compareTo(most) > 0) {
          exceeded.put(name, most);
        }
        used.put(name, sum);
      }
    });
    if (!exceeded.isEmpty()) {
      requested.keySet().retainAll(exceeded.keySet());
      Map<String, Quantity> before = new TreeMap<>(status.used());
      before.keySet().retainAll(exceeded.keySet());
      throw ApiException.forbidden(
          object,
          "exceeded quota: %s, requested: %s, used: %s, limited: %s"
              .formatted(quota.name(), text(requested), text(before), text(exceeded)));
    }
    return requested.isEmpty()
        ? null
        : quota.withStatus(
            ResourceQuotaStatusBuilder.builder(status)
                .used(ImmutableSortedMap.copyOf(used))
                .build());
  }

  private static String text(Map<String, Quantity> amounts) {
    return amounts.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }
}

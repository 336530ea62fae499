package io.towtank.controllers.resourcequota;

import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceQuota;
import io.towtank.api.ResourceQuotaStatus;
import io.towtank.api.ResourceQuotaStatusBuilder;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.InformerSource;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.store.WatchListener;
import io.towtank.store.admission.QuotaUsage;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what quotas say is used (kube-controller-manager: resourcequota-controller).
 *
 * <p>A quota is counted anew when it changes, when something that it counts goes or ends, and five
 * minutes after anything else, for what admission charged and was not stored. An idle quota costs
 * nothing.
 */
public final class ResourceQuotaController implements Component {
  private static final String NAME = "resourcequota-controller";
  // kube-controller-manager: --concurrent-resource-quota-syncs
  private static final int WORKERS = 5;
  // kube-controller-manager: --resource-quota-sync-period
  private static final long RESYNC_NANOS = 300_000_000_000L;

  private final Simulation simulation;
  private final ApiClient client;
  private final InformerSource source;
  private final Informer<ResourceQuota> quotas;
  private final Informer<Pod> pods;
  private final WorkQueue<ObjectKey> queue;
  private final QuotaUsage usage = new QuotaUsage();
  private final List<Kind<?>> kinds = new ArrayList<>();
  // Kinds other than pods that quotas count, once a quota has asked for them.
  private final Map<Kind<?>, Informer<?>> counted = new LinkedHashMap<>();
  private final Map<String, Map<ObjectKey, CountedPods>> byNamespace = new LinkedHashMap<>();
  private final long[] syncs;
  private final long[] statusUpdates;
  private long startNanos;

  /** A controller that does nothing before its start. */
  public ResourceQuotaController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.source = context.informers();
    this.quotas = source.informer(Kinds.RESOURCE_QUOTA);
    this.pods = source.informer(Kinds.POD);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.syncs = context.recorder().counter(NAME + "/syncs");
    this.statusUpdates = context.recorder().counter(NAME + "/statusUpdates");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    startNanos = simulation.nanos();
    source.forEachKind(kind -> {
      if (kind.namespaced() && !kind.equals(Kinds.POD)) {
        kinds.add(kind);
      }
    });
    quotas.addHandler(new QuotaHandler());
    pods.addHandler(new PodHandler());
  }

  private final class QuotaHandler implements WatchListener<ResourceQuota> {
    @Override
    public void added(ResourceQuota quota) {
      String namespace = String.valueOf(quota.metadata().namespace());
      CountedPods all = new CountedPods(usage, quota);
      pods.forEachSelected(namespace, Selector.everything(), all::add);
      byNamespace
          .computeIfAbsent(namespace, n -> new LinkedHashMap<>())
          .put(ObjectKey.of(quota), all);
      queue.add(ObjectKey.of(quota));
    }

    @Override
    public void modified(ResourceQuota previous, ResourceQuota quota) {
      if (Objects.equals(previous.spec(), quota.spec())) {
        queue.addAfter(ObjectKey.of(quota), RESYNC_NANOS);
      } else {
        added(quota);
      }
    }

    @Override
    public void deleted(ResourceQuota last) {
      String namespace = String.valueOf(last.metadata().namespace());
      Map<ObjectKey, CountedPods> all = byNamespace.get(namespace);
      if (all != null) {
        all.remove(ObjectKey.of(last));
        if (all.isEmpty()) {
          byNamespace.remove(namespace);
        }
      }
      queue.forget(ObjectKey.of(last));
    }
  }

  private final class PodHandler implements WatchListener<Pod> {
    @Override
    public void added(Pod pod) {
      Map<ObjectKey, CountedPods> all = quotasOf(pod);
      if (all != null) {
        all.forEach((key, sum) -> sum.add(pod));
      }
    }

    @Override
    public void modified(Pod previous, Pod pod) {
      boolean ends = previous.status().phase().isTerminal() != pod.status().phase().isTerminal();
      if (!ends && previous.metadata().deletionTimestamp() == pod.metadata().deletionTimestamp()) {
        return;
      }
      Map<ObjectKey, CountedPods> all = quotasOf(pod);
      if (all != null) {
        all.forEach((key, sum) -> {
          sum.remove(previous);
          long due = sum.add(pod);
          if (ends) {
            queue.add(key);
          } else {
            lookAgain(key, due);
          }
        });
      }
    }

    @Override
    public void deleted(Pod last) {
      Map<ObjectKey, CountedPods> all = quotasOf(last);
      if (all != null) {
        all.forEach((key, sum) -> {
          sum.remove(last);
          queue.add(key);
        });
      }
    }
  }

  /**
   * Pods that should be gone and are not, are found when all quotas are looked at; that happens
   * from time to time, and matters only where there are such pods.
   *
   * @param dueNanos when the next one should be, nanoseconds since 1970; {@link Timestamps#NONE}
   *     where none is being deleted
   */
  private void lookAgain(ObjectKey key, long dueNanos) {
    if (dueNanos != Timestamps.NONE) {
      long left = Math.max(0, dueNanos - simulation.epochNanos());
      long afterStart = simulation.nanos() + left - startNanos;
      long tick = startNanos + Math.ceilDiv(afterStart, RESYNC_NANOS) * RESYNC_NANOS;
      queue.addAfter(key, tick - simulation.nanos());
    }
  }

  private @Nullable Map<ObjectKey, CountedPods> quotasOf(KubeObject object) {
    return byNamespace.isEmpty()
        ? null
        : byNamespace.get(String.valueOf(object.metadata().namespace()));
  }

  /** Wakes quotas when what they count goes or changes. */
  private <T extends KubeObject> Informer<T> count(Kind<T> kind) {
    Informer<T> informer = source.informer(kind);
    informer.addHandler(
        new WatchListener<T>() {
          @Override
          public void added(T object) {}

          @Override
          public void modified(T previous, T object) {
            if (!usage.of(previous).equals(usage.of(object))) {
              deleted(object);
            }
          }

          @Override
          public void deleted(T last) {
            Map<ObjectKey, CountedPods> all = quotasOf(last);
            if (all != null) {
              all.keySet().forEach(queue::add);
            }
          }
        });
    return informer;
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    ResourceQuota quota = quotas.get(key);
    Map<ObjectKey, CountedPods> all = quota == null ? null : quotasOf(quota);
    CountedPods ofPods = all == null ? null : all.get(key);
    if (quota == null || ofPods == null) {
      done.done(true);
      return;
    }
    lookAgain(key, ofPods.advance(simulation.epochNanos()));
    Map<String, Quantity> used = new TreeMap<>();
    Map<String, Quantity> others = others(quota);
    for (String name : QuotaUsage.hard(quota).keySet()) {
      used.put(name, ofPods.used(name).add(others.getOrDefault(name, Quantity.ZERO)));
    }
    ResourceQuotaStatus before = quota.status();
    if (before != null
        && before.hard().equals(QuotaUsage.hard(quota))
        && before.used().equals(used)) {
      done.done(true);
      return;
    }
    ResourceQuotaStatus status =
        (before == null
                ? ResourceQuotaStatusBuilder.builder()
                : ResourceQuotaStatusBuilder.builder(before))
            .hard(QuotaUsage.hard(quota))
            .used(ImmutableSortedMap.copyOf(used))
            .build();
    // Admission may have charged it meanwhile: then it is counted anew.
    client.updateStatus(
        quota.withStatus(status),
        (written, error) -> {
          if (error == null) {
            statusUpdates[0]++;
          }
          done.done(error == null || Batches.isGone(error));
        });
  }

  /** What objects other than pods use. */
  private Map<String, Quantity> others(ResourceQuota quota) {
    Map<String, Quantity> used = new TreeMap<>();
    for (Kind<?> kind : List.copyOf(kinds)) {
      if (QuotaUsage.counts(kind, QuotaUsage.hard(quota).keySet())) {
        Informer<?> informer = counted.get(kind);
        if (informer == null) {
          informer = count(kind);
          counted.put(kind, informer);
        }
        informer.forEachSelected(
            quota.metadata().namespace(),
            Selector.everything(),
            object -> {
              if (QuotaUsage.isInScope(quota, object)) {
                usage.of(object).forEach((name, amount) -> used.merge(name, amount, Quantity::add));
              }
            });
      }
    }
    return used;
  }
}

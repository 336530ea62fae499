package io.towtank.controllers.endpointslice;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.SelectorIndex;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the endpoint slices of services with a selector up to date (kube-controller-manager:
 * endpointslice-controller).
 *
 * <p>A change of a pod is taken down with each service that selects it; a sync packs what was taken
 * down since the one before. It looks at all pods and slices only where it has reason to: the first
 * time, where the service or a node has changed, where a write failed, or somebody else wrote a
 * slice.
 */
public final class EndpointSliceController implements Component {
  /** The controller's name in the label of its slices. */
  static final String MANAGED_BY = "endpointslice-controller.k8s.io";

  private static final String NAME = "endpointslice-controller";
  private static final String BY_SERVICE = "endpointslice/service";
  // kube-controller-manager: --concurrent-service-endpoint-syncs
  private static final int WORKERS = 5;
  // pkg/controller/endpointslice: endpointSliceChangeMinSyncDelay, defaultSyncBackOff,
  // maxSyncBackOff, maxRetries
  private static final long SLICE_CHANGE_DELAY_NANOS = 1_000_000_000L;
  private static final long FIRST_BACKOFF_NANOS = 1_000_000_000L;
  private static final long LAST_BACKOFF_NANOS = 1_000_000_000_000L;
  private static final int MAX_RETRIES = 15;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final EndpointSliceOptions options;
  private final Informer<Service> services;
  private final Informer<Pod> pods;
  private final Informer<Node> nodes;
  private final Informer<EndpointSlice> slices;
  private final WorkQueue<ObjectKey> queue;
  private final Map<ObjectKey, Tracked> tracked = new HashMap<>();
  private final SelectorIndex selectors = new SelectorIndex();
  // namespace → labels of pods → the services that select them
  private final Map<String, Map<ImmutableMap<String, String>, ImmutableList<Tracked>>> selecting =
      new HashMap<>();
  private final TopologyHints topology = new TopologyHints();
  private long nodesRevision;
  private boolean topologyCheckPending;

  private final long[] syncs;
  private final long[] created;
  private final long[] updated;
  private final long[] deleted;
  private final long[] bytesWritten;
  private final long[] endpointsWrites;
  private final long[] endpointsBytes;

  /** A service, and what is known of its slices. */
  private static final class Tracked {
    private final ObjectKey key;
    private Service service;
    private @Nullable ServiceSlices slices;
    private final Set<String> changedPods = new LinkedHashSet<>();
    private final Map<String, Long> triggerTimes = new HashMap<>();
    // What the informer has to show before all is looked at anew: a slice's revision, or that it
    // is gone.
    private final Map<String, Long> expected = new HashMap<>();
    private long nodesRevision;
    private boolean synced;
    private int failures;

    Tracked(ObjectKey key, Service service) {
      this.key = key;
      this.service = service;
    }
  }

  private static final long GONE = -1;

  /** A controller that does nothing before its start. */
  public EndpointSliceController(ComponentContext context, EndpointSliceOptions options) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.options = options;
    this.services = context.informers().informer(Kinds.SERVICE);
    this.pods = context.informers().informer(Kinds.POD);
    this.nodes = context.informers().informer(Kinds.NODE);
    this.slices = context.informers().informer(Kinds.ENDPOINT_SLICE);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.created = recorder.counter(NAME + "/slicesCreated");
    this.updated = recorder.counter(NAME + "/slicesUpdated");
    this.deleted = recorder.counter(NAME + "/slicesDeleted");
    this.bytesWritten = recorder.counter(NAME + "/bytesWritten");
    this.endpointsWrites = recorder.counter(NAME + "/endpointsWritesInstead");
    this.endpointsBytes = recorder.counter(NAME + "/endpointsBytesInstead");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    slices.addIndex(BY_SERVICE, EndpointSliceController::service);
    nodes.addHandler(new NodeHandler());
    services.addHandler(new ServiceHandler());
    pods.addHandler(new PodHandler());
    slices.addHandler(new SliceHandler());
  }

  /** The service whose endpoints a slice of this controller holds, null for other slices. */
  private static @Nullable ObjectKey service(EndpointSlice slice) {
    ImmutableMap<String, String> labels = slice.metadata().labels();
    String name = labels.get(Labels.SERVICE_NAME);
    return name != null && MANAGED_BY.equals(labels.get(Labels.MANAGED_BY))
        ? new ObjectKey(slice.metadata().namespace(), name)
        : null;
  }

  private final class ServiceHandler implements WatchListener<Service> {
    @Override
    public void added(Service service) {
      ObjectKey key = ObjectKey.of(service);
      tracked.put(key, new Tracked(key, service));
      file(key, service);
      queue.add(key);
    }

    @Override
    public void modified(Service previous, Service service) {
      ObjectKey key = ObjectKey.of(service);
      if (!ControllerRefs.uid(previous).equals(ControllerRefs.uid(service))) {
        deleted(previous);
        added(service);
        return;
      }
      Tracked known = Objects.requireNonNull(tracked.get(key));
      known.service = service;
      if (!Objects.equals(previous.spec(), service.spec())
          || !previous.metadata().equals(service.metadata())) {
        unfile(key, previous);
        file(key, service);
        forgetSlices(known);
      }
      queue.add(key);
    }

    @Override
    public void deleted(Service last) {
      ObjectKey key = ObjectKey.of(last);
      unfile(key, last);
      tracked.remove(key);
      topology.forget(key);
      queue.forget(key);
    }

    private void file(ObjectKey key, Service service) {
      if (EndpointRules.selectsPods(service)) {
        selectors.put(
            key,
            LabelSelectorBuilder.builder()
                .matchLabels(Objects.requireNonNull(service.spec()).selector())
                .build());
        selecting.remove(namespace(key.namespace()));
      }
    }

    private void unfile(ObjectKey key, Service service) {
      if (EndpointRules.selectsPods(service)) {
        selectors.remove(
            key,
            LabelSelectorBuilder.builder()
                .matchLabels(Objects.requireNonNull(service.spec()).selector())
                .build());
        selecting.remove(namespace(key.namespace()));
      }
    }
  }

  private static String namespace(@Nullable String namespace) {
    return namespace == null ? "" : namespace;
  }

  private final class PodHandler implements WatchListener<Pod> {
    @Override
    public void added(Pod pod) {
      changed(pod.metadata(), pod.name());
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void modified(Pod previous, Pod pod) {
      boolean relabelled =
          previous.metadata().labels() != pod.metadata().labels()
              && !previous.metadata().labels().equals(pod.metadata().labels());
      if (relabelled) {
        changed(previous.metadata(), pod.name());
      }
      if (relabelled || EndpointRules.changes(previous, pod)) {
        changed(pod.metadata(), pod.name());
      }
    }

    @Override
    public void deleted(Pod last) {
      changed(last.metadata(), last.name());
    }

    private void changed(ObjectMeta meta, String pod) {
      ImmutableList<Tracked> interested = selecting(meta);
      for (int i = 0; i < interested.size(); i++) {
        Tracked service = interested.get(i);
        if (service.slices != null) {
          service.changedPods.add(pod);
        }
        queue.addAfter(service.key, options.updatesBatchNanos());
      }
    }
  }

  /** The services that select pods with these labels. */
  private ImmutableList<Tracked> selecting(ObjectMeta meta) {
    Map<ImmutableMap<String, String>, ImmutableList<Tracked>> byLabels =
        selecting.computeIfAbsent(namespace(meta.namespace()), n -> new HashMap<>());
    ImmutableList<Tracked> found = byLabels.get(meta.labels());
    if (found == null) {
      found =
          selectors.selecting(meta.namespace(), meta.labels()).stream()
              .map(key -> Objects.requireNonNull(tracked.get(key)))
              .collect(ImmutableList.toImmutableList());
      byLabels.put(meta.labels(), found);
    }
    return found;
  }

  private final class NodeHandler implements WatchListener<Node> {
    @Override
    public void added(Node node) {
      changed(null, node);
    }

    @Override
    public void modified(Node previous, Node node) {
      if (previous.isReady() != node.isReady()
          || !Objects.equals(zone(previous), zone(node))
          || !Objects.equals(
              previous.status().allocatable().get("cpu"), node.status().allocatable().get("cpu"))) {
        if (!Objects.equals(zone(previous), zone(node))) {
          nodesRevision++;
        }
        topology.nodeChanged(previous, node);
        checkTopologySoon();
      }
    }

    @Override
    public void deleted(Node last) {
      nodesRevision++;
      changed(last, null);
    }

    private void changed(@Nullable Node before, @Nullable Node after) {
      topology.nodeChanged(before, after);
      checkTopologySoon();
    }

    private @Nullable String zone(Node node) {
      return node.metadata().labels().get(EndpointRules.ZONE);
    }
  }

  private void checkTopologySoon() {
    if (!topologyCheckPending && topology.isUsed()) {
      topologyCheckPending = true;
      simulation.schedule(
          0,
          () -> {
            topologyCheckPending = false;
            topology.overloaded().forEach(queue::add);
          });
    }
  }

  private final class SliceHandler implements WatchListener<EndpointSlice> {
    @Override
    public void added(EndpointSlice slice) {
      written(slice);
    }

    @Override
    public void modified(EndpointSlice previous, EndpointSlice slice) {
      ObjectKey before = service(previous);
      ObjectKey after = service(slice);
      if (!Objects.equals(before, after)) {
        changedByOthers(before);
        changedByOthers(after);
      } else {
        written(slice);
      }
    }

    private void written(EndpointSlice slice) {
      ObjectKey key = service(slice);
      Tracked service = key == null ? null : tracked.get(key);
      if (service == null) {
        return;
      }
      Long expected = service.expected.get(slice.name());
      if (expected == null || expected == GONE || expected < slice.resourceVersion()) {
        service.expected.put(slice.name(), slice.resourceVersion());
        changedByOthers(key);
      }
    }

    @Override
    public void deleted(EndpointSlice last) {
      ObjectKey key = service(last);
      Tracked service = key == null ? null : tracked.get(key);
      if (service != null) {
        Long expected = service.expected.remove(last.name());
        if (expected != null && expected != GONE) {
          changedByOthers(key);
        }
      }
    }

    private void changedByOthers(@Nullable ObjectKey key) {
      Tracked service = key == null ? null : tracked.get(key);
      if (key != null && service != null) {
        forgetSlices(service);
        queue.addAfter(key, Math.max(SLICE_CHANGE_DELAY_NANOS, options.updatesBatchNanos()));
      }
    }
  }

  private static void forgetSlices(Tracked service) {
    service.slices = null;
    service.changedPods.clear();
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    Tracked service = tracked.get(key);
    if (service == null || !EndpointRules.selectsPods(service.service)) {
      done.done(true);
      return;
    }
    if (service.nodesRevision != nodesRevision) {
      service.nodesRevision = nodesRevision;
      forgetSlices(service);
    }
    ServiceSpec spec = Objects.requireNonNull(service.service.spec());
    Selector selector = Selector.ofLabels(spec.selector());
    Function<String, @Nullable Pod> podOf =
        name -> {
          Pod pod = pods.get(key.namespace(), name);
          return pod != null && selector.matches(pod.metadata().labels()) ? pod : null;
        };
    ServiceSlices current = service.slices;
    Iterable<String> changed;
    if (current == null) {
      if (!isCacheUpToDate(service)) {
        retry(service);
        done.done(true);
        return;
      }
      current =
          new ServiceSlices(
              service.service,
              MANAGED_BY,
              options.maxEndpointsPerSlice(),
              slices.byIndex(BY_SERVICE, key),
              service.triggerTimes);
      service.slices = current;
      service.changedPods.clear();
      List<String> all = new ArrayList<>();
      pods.forEachSelected(key.namespace(), selector, pod -> all.add(pod.name()));
      changed = all;
    } else {
      changed = ImmutableList.copyOf(service.changedPods);
      service.changedPods.clear();
    }
    long trigger = current.triggerTime(changed, podOf, service.synced);
    service.synced = true;
    SlicePlan plan = current.sync(changed, podOf, name -> nodes.get(null, name), topology);
    service.changedPods.addAll(plan.podsWithoutNode.keySet());
    if (plan.addressesChanged || (!plan.isEmpty() && !plan.creations.isEmpty())) {
      endpointsWrites[0]++;
      endpointsBytes[0] += current.endpointsBytes();
    }
    for (SlicePlan.Note note : plan.notes) {
      recorder.event(service.service, NAME, note.type(), note.reason(), note.message());
    }
    send(service, current, plan, trigger, done);
  }

  /** Whether the informer has seen what this controller wrote (endpointSliceTracker). */
  private boolean isCacheUpToDate(Tracked service) {
    for (Map.Entry<String, Long> expected : service.expected.entrySet()) {
      EndpointSlice slice = slices.get(service.key.namespace(), expected.getKey());
      if (expected.getValue() == GONE
          ? slice != null
          : slice == null || slice.resourceVersion() < expected.getValue()) {
        return false;
      }
    }
    return true;
  }

  private void retry(Tracked service) {
    if (service.failures < MAX_RETRIES) {
      long delay = Math.min(LAST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << service.failures);
      service.failures++;
      queue.addAfter(service.key, delay);
    } else {
      service.failures = 0;
    }
  }

  private void send(
      Tracked service, ServiceSlices current, SlicePlan plan, long trigger, WorkQueue.Done done) {
    boolean ending = service.service.metadata().deletionTimestamp() != Timestamps.NONE;
    int creations = ending ? 0 : plan.creations.size();
    int updates = plan.updates.size();
    int total = creations + updates + plan.deletions.size();
    if (total == 0) {
      finish(service, current, plan, null, done);
      return;
    }
    Batches.oneByOne(
        total,
        (i, answer) -> {
          if (i < creations) {
            SlicePlan.Write write = plan.creations.get(i);
            client.create(
                current.document(write, trigger),
                (slice, error) -> {
                  if (slice != null) {
                    created[0]++;
                    write.family().named(write.slice(), slice);
                    stored(service, slice);
                  }
                  answer.answered(error);
                });
          } else if (i < creations + updates) {
            SlicePlan.Write write = plan.updates.get(i - creations);
            client.update(
                current.document(write, trigger),
                (slice, error) -> {
                  if (slice != null) {
                    updated[0]++;
                    write.slice().written(slice);
                    stored(service, slice);
                  }
                  answer.answered(error);
                });
          } else {
            EndpointSlice gone =
                Objects.requireNonNull(
                    plan.deletions.get(i - creations - updates).slice().written());
            service.expected.put(gone.name(), GONE);
            client.delete(
                Kinds.ENDPOINT_SLICE,
                ObjectKey.of(gone),
                DeleteOptions.DEFAULT,
                (slice, error) -> {
                  if (error == null) {
                    deleted[0]++;
                  }
                  answer.answeredOrGone(error);
                });
          }
        },
        (sent, error) -> finish(service, current, plan, error, done));
  }

  private void stored(Tracked service, EndpointSlice slice) {
    service.expected.put(slice.name(), slice.resourceVersion());
    bytesWritten[0] += WriteCost.slice(slice);
  }

  private void finish(
      Tracked service,
      ServiceSlices current,
      SlicePlan plan,
      @Nullable ApiException error,
      WorkQueue.Done done) {
    if (error == null && plan.podsWithoutNode.isEmpty()) {
      service.failures = 0;
    } else {
      if (error != null && isSame(service.slices, current)) {
        forgetSlices(service);
      }
      List<String> problems = new ArrayList<>();
      plan.podsWithoutNode.forEach((pod, node) ->
          problems.add(
              "skipping Pod %s for Service %s: Node %s Not Found"
                  .formatted(pod, service.key, node)));
      if (error != null) {
        problems.add(String.valueOf(error.getMessage()));
      }
      event(service.service, problems.size() == 1 ? problems.getFirst() : problems.toString());
      retry(service);
    }
    done.done(true);
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(@Nullable ServiceSlices a, ServiceSlices b) {
    return a == b;
  }

  private void event(KubeObject service, String what) {
    recorder.event(
        service,
        NAME,
        "Warning",
        "FailedToUpdateEndpointSlices",
        "Error updating Endpoint Slices for Service " + ObjectKey.of(service) + ": " + what);
  }
}

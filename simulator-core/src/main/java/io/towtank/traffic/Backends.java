package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointConditions;
import io.towtank.api.EndpointHints;
import io.towtank.api.EndpointSlice;
import io.towtank.api.ForNode;
import io.towtank.api.ForZone;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.Uid;
import io.towtank.client.Informer;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who stands behind services, as slices say, and whether they run, whatever slices say. */
final class Backends {
  private static final String BY_SERVICE = "traffic/service";
  private static final String SERVICE_NAME = "kubernetes.io/service-name";

  private final Simulation simulation;
  private final Informer<EndpointSlice> slices;
  private final Informer<Pod> pods;
  private final Places places;
  private final Predicate<String> nodeRuns;
  private final BooleanSupplier countsAnswers;
  private final Map<ObjectKey, EndpointColumns> byService = new HashMap<>();
  private final Map<Uid, Backend> byPod = new HashMap<>();
  private final Map<String, Backend> byAddress = new HashMap<>();
  private long gathering;

  /**
   * @param nodeRuns whether a node's machine runs, whatever the cluster knows of it
   * @param countsAnswers whether the requests that each answers are to be counted
   */
  Backends(
      Simulation simulation,
      Informer<EndpointSlice> slices,
      Informer<Pod> pods,
      Places places,
      Predicate<String> nodeRuns,
      BooleanSupplier countsAnswers) {
    this.simulation = simulation;
    this.slices = slices;
    this.pods = pods;
    this.places = places;
    this.nodeRuns = nodeRuns;
    this.countsAnswers = countsAnswers;
    slices.addIndex(BY_SERVICE, Backends::service);
  }

  /** The service that a slice is for. */
  static ObjectKey service(EndpointSlice slice) {
    String name = slice.metadata().labels().get(SERVICE_NAME);
    return new ObjectKey(slice.metadata().namespace(), name == null ? "" : name);
  }

  /** The pod's, null where no service has had it as an endpoint. */
  @Nullable Backend of(Pod pod) {
    return byPod.get(pod.metadata().uid());
  }

  /** A pod has changed. */
  void changed(Pod pod) {
    Backend backend = of(pod);
    if (backend != null) {
      setAlive(backend, Backend.runs(pod) && nodeRuns(backend));
    }
  }

  /** A pod is gone. */
  void deleted(Pod pod) {
    Backend backend = byPod.remove(pod.metadata().uid());
    if (backend != null) {
      setAlive(backend, false);
    }
  }

  /** Machines have stopped, or run again. */
  void nodesChanged() {
    pods.forEach(this::changed);
  }

  private boolean nodeRuns(Backend backend) {
    return backend.node == null || nodeRuns.test(backend.node);
  }

  private void setAlive(Backend backend, boolean alive) {
    if (backend.alive == alive) {
      return;
    }
    if (alive) {
      backend.alive = true;
      backend.steppedAtNanos = simulation.nanos();
    } else {
      backend.end(simulation.nanos());
    }
  }

  /** Slices of a service have changed. */
  void forget(ObjectKey service) {
    byService.remove(service);
  }

  /** How many endpoints a service's slices have now. */
  long count(ObjectKey service) {
    long[] count = {0};
    slices.forEachInIndex(BY_SERVICE, service, slice -> count[0] += slice.endpoints().size());
    return count[0];
  }

  /** The endpoints of a service as its slices have them now. */
  EndpointColumns gathered(ObjectKey service) {
    EndpointColumns known = byService.get(service);
    if (known == null) {
      known = gather(service);
      byService.put(service, known);
    }
    return known;
  }

  private EndpointColumns gather(ObjectKey service) {
    gathering++;
    List<Endpoint> found = new ArrayList<>();
    List<Backend> backends = new ArrayList<>();
    List<ImmutableMap<String, String>> labels = new ArrayList<>();
    slices.forEachInIndex(
        BY_SERVICE,
        service,
        slice -> {
          for (Endpoint endpoint : slice.endpoints()) {
            Pod pod = pod(slice, endpoint);
            Backend backend = backend(pod, endpoint);
            // In slices for other ports, or other addresses, it stands again.
            if (backend != null && backend.gathered != gathering) {
              backend.gathered = gathering;
              found.add(endpoint);
              backends.add(backend);
              labels.add(pod == null ? ImmutableMap.of() : pod.metadata().labels());
            }
          }
        });
    EndpointColumns columns = new EndpointColumns(found.size());
    for (int i = 0; i < found.size(); i++) {
      Endpoint endpoint = found.get(i);
      EndpointConditions conditions = endpoint.conditions();
      columns.backends[i] = backends.get(i);
      columns.labels[i] = labels.get(i);
      columns.ready[i] = conditions == null || !Boolean.FALSE.equals(conditions.ready());
      columns.serving[i] =
          conditions == null
              || (conditions.serving() == null ? columns.ready[i] : conditions.serving());
      columns.terminating[i] = conditions != null && Boolean.TRUE.equals(conditions.terminating());
      columns.nodes[i] = endpoint.nodeName();
      columns.zones[i] = endpoint.zone();
      EndpointHints hints = endpoint.hints();
      columns.zoneHints[i] =
          hints == null
              ? ImmutableSet.of()
              : hints.forZones().stream().map(ForZone::name).collect(ImmutableSet.toImmutableSet());
      columns.nodeHints[i] =
          hints == null
              ? ImmutableSet.of()
              : hints.forNodes().stream().map(ForNode::name).collect(ImmutableSet.toImmutableSet());
    }
    return columns;
  }

  private @Nullable Pod pod(EndpointSlice slice, Endpoint endpoint) {
    ObjectReference target = endpoint.targetRef();
    return target == null || target.name() == null
        ? null
        : pods.get(slice.metadata().namespace(), target.name());
  }

  private @Nullable Backend backend(@Nullable Pod pod, Endpoint endpoint) {
    long now = simulation.nanos();
    if (pod == null) {
      if (endpoint.targetRef() != null || endpoint.addresses().isEmpty()) {
        return null;
      }
      return byAddress.computeIfAbsent(
          endpoint.addresses().getFirst(),
          address -> new Backend(address, endpoint.nodeName(), "", Places.OUTSIDE_CORES));
    }
    Uid uid = pod.metadata().uid();
    if (uid == null) {
      return null;
    }
    return byPod.computeIfAbsent(
        uid,
        u -> {
          Backend added = Backend.of(pod, places.cores(pod.nodeName()));
          added.steppedAtNanos = now;
          if (countsAnswers.getAsBoolean()) {
            added.countAnswered();
          }
          added.alive = Backend.runs(pod) && nodeRuns(added);
          return added;
        });
  }
}

package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.Selector;
import io.towtank.client.Informer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The nodes, as far as traffic is concerned: requests come from them, and go to pods on them. */
final class Places {
  private static final String ZONE = "topology.kubernetes.io/zone";

  /** What an address outside of the cluster can do, in cores: nobody waits for it. */
  static final double OUTSIDE_CORES = 1e6;

  private final Map<String, Place> byNode = new TreeMap<>();

  /** A node. */
  private record Place(String zone, boolean ready, double cores) {}

  /** What the labels of several pods have in common. */
  private static final class Common {
    private ImmutableMap<String, String> labels;
    private @Nullable ImmutableMap<String, String> last;

    /**
     * @param labels of no pod at all
     */
    Common(ImmutableMap<String, String> labels) {
      this.labels = labels;
    }

    @SuppressWarnings("ReferenceEquality") // The pods of a template share their labels.
    void add(ImmutableMap<String, String> others) {
      if (last == null) {
        labels = others;
      } else if (last != others) {
        labels =
            labels.entrySet().stream()
                .filter(others.entrySet()::contains)
                .collect(ImmutableMap.toImmutableMap(Map.Entry::getKey, Map.Entry::getValue));
      }
      last = others;
    }
  }

  /** Takes in a node as it is now; whether that makes a difference. */
  boolean put(Node node) {
    Quantity cpu = node.status().allocatable().get("cpu");
    Place place =
        new Place(
            node.metadata().labels().getOrDefault(ZONE, ""),
            node.isReady(),
            cpu == null ? OUTSIDE_CORES : cpu.milliValue() / 1000.0);
    return !place.equals(byNode.put(node.name(), place));
  }

  void remove(String node) {
    byNode.remove(node);
  }

  /** How many cores a node offers to pods. */
  double cores(@Nullable String node) {
    Place place = node == null ? null : byNode.get(node);
    return place == null ? OUTSIDE_CORES : place.cores();
  }

  /** The nodes that requests come from: those that are ready, or those that ready pods are on. */
  Origins origins(TrafficSource from, @Nullable Informer<Pod> pods) {
    Origins origins = new Origins();
    if (from instanceof TrafficSource.Pods(String namespace, ImmutableMap<String, String> labels)) {
      Map<String, Integer> onNode = new TreeMap<>();
      Common common = new Common(labels);
      if (pods != null) {
        pods.forEachSelected(
            namespace,
            Selector.ofLabels(labels),
            pod -> {
              if (pod.nodeName() != null && pod.isReady()) {
                onNode.merge(pod.nodeName(), 1, Integer::sum);
                common.add(pod.metadata().labels());
              }
            });
      }
      origins.labels(common.labels);
      onNode.forEach((node, count) -> {
        Place place = byNode.get(node);
        origins.add(node, place == null ? "" : place.zone(), count);
      });
      return origins;
    }
    byNode.forEach((node, place) -> {
      boolean meant =
          switch (from) {
            case TrafficSource.Zone(String zone) -> place.zone().equals(zone);
            case TrafficSource.Node(String name) -> node.equals(name);
            default -> true;
          };
      if (meant && place.ready()) {
        origins.add(node, place.zone(), 1);
      }
    });
    return origins;
  }
}

package io.towtank.scheduler.plugins.podtopologyspread;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Service;
import io.towtank.api.StatefulSet;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.PodSelector;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which pods belong together because a service or a controller selects them (kube-scheduler:
 * helper.DefaultSelector). Default spreading constraints count those.
 */
public final class WorkloadSelectors {
  /** The kind of ReplicationControllers, for which there is no record. */
  public static final String REPLICATION_CONTROLLER = "ReplicationController";

  private record Known(long generation, @Nullable PodSelector selector) {}

  private final ClusterState state;
  private final Map<String, Map<String, ImmutableMap<String, String>>> services = new HashMap<>();
  private final Map<ObjectKey, LabelSelector> replicaSets = new HashMap<>();
  private final Map<ObjectKey, LabelSelector> statefulSets = new HashMap<>();
  private final Map<ObjectKey, ImmutableMap<String, String>> replicationControllers =
      new HashMap<>();
  private final Map<PodInfo, Known> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PodInfo, Known> eldest) {
          return size() > 1 << 14;
        }
      };
  private long generation;

  /** No services and controllers. */
  public WorkloadSelectors(ClusterState state) {
    this.state = state;
  }

  /** Takes in a service. */
  public void set(Service service) {
    ImmutableMap<String, String> selector =
        service.spec() == null ? ImmutableMap.of() : service.spec().selector();
    changed(
        !selector.equals(
            services
                .computeIfAbsent(namespace(service.metadata().namespace()), n -> new TreeMap<>())
                .put(service.name(), selector)));
  }

  /** A service is gone. */
  public void remove(Service service) {
    Map<String, ImmutableMap<String, String>> ofNamespace =
        services.get(namespace(service.metadata().namespace()));
    changed(ofNamespace != null && ofNamespace.remove(service.name()) != null);
  }

  /** Takes in a ReplicaSet. */
  public void set(ReplicaSet replicaSet) {
    LabelSelector selector = replicaSet.spec().selector();
    changed(!selector.equals(replicaSets.put(ObjectKey.of(replicaSet), selector)));
  }

  /** A ReplicaSet is gone. */
  public void remove(ReplicaSet replicaSet) {
    changed(replicaSets.remove(ObjectKey.of(replicaSet)) != null);
  }

  /** Takes in a StatefulSet. */
  public void set(StatefulSet statefulSet) {
    LabelSelector selector = statefulSet.spec().selector();
    changed(!selector.equals(statefulSets.put(ObjectKey.of(statefulSet), selector)));
  }

  /** A StatefulSet is gone. */
  public void remove(StatefulSet statefulSet) {
    changed(statefulSets.remove(ObjectKey.of(statefulSet)) != null);
  }

  /** Takes in a ReplicationController. */
  public void setReplicationController(GenericObject controller) {
    ImmutableMap.Builder<String, String> selector = ImmutableMap.builder();
    JsonNode spec = controller.content().get("spec");
    if (spec != null) {
      spec.path("selector")
          .properties()
          .forEach(label -> selector.put(label.getKey(), label.getValue().asText()));
    }
    ImmutableMap<String, String> labels = selector.buildOrThrow();
    changed(!labels.equals(replicationControllers.put(ObjectKey.of(controller), labels)));
  }

  /** A ReplicationController is gone. */
  public void removeReplicationController(GenericObject controller) {
    changed(replicationControllers.remove(ObjectKey.of(controller)) != null);
  }

  private void changed(boolean really) {
    if (really) {
      generation++;
    }
  }

  private static String namespace(@Nullable String namespace) {
    return namespace == null ? "default" : namespace;
  }

  /** What selects the pods that belong together with this one; null where nothing does. */
  @Nullable PodSelector selector(PodInfo pod) {
    Known before = known.get(pod);
    if (before == null || before.generation != generation) {
      before = new Known(generation, compute(pod));
      known.put(pod, before);
    }
    return before.selector;
  }

  private @Nullable PodSelector compute(PodInfo pod) {
    Map<String, String> labels = new TreeMap<>();
    services
        .getOrDefault(pod.namespace(), Map.of())
        .forEach((name, selector) -> {
          if (!selector.isEmpty() && matches(selector, pod)) {
            labels.putAll(selector);
          }
        });
    LabelSelector ofController = null;
    if (pod.controller() != null) {
      ObjectKey key = new ObjectKey(pod.namespace(), pod.controller().name());
      switch (pod.controller().kind()) {
        case "ReplicaSet" -> ofController = replicaSets.get(key);
        case "StatefulSet" -> ofController = statefulSets.get(key);
        case REPLICATION_CONTROLLER ->
            labels.putAll(replicationControllers.getOrDefault(key, ImmutableMap.of()));
        default -> {}
      }
    }
    boolean empty =
        labels.isEmpty()
            && (ofController == null
                || (ofController.matchLabels().isEmpty()
                    && ofController.matchExpressions().isEmpty()));
    if (empty) {
      return null;
    }
    LabelSelector selector =
        ofController == null
            ? new LabelSelector(ImmutableMap.of(), ImmutableList.of(), Fields.NONE)
            : ofController;
    return state.selector(pod.namespace(), selector, ImmutableMap.copyOf(labels));
  }

  private static boolean matches(ImmutableMap<String, String> selector, PodInfo pod) {
    for (var entry : selector.entrySet()) {
      if (!entry.getValue().equals(pod.labels().get(entry.getKey()))) {
        return false;
      }
    }
    return true;
  }
}

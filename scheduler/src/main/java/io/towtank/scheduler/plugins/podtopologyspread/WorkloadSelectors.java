package io.towtank.scheduler.plugins.podtopologyspread;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.OwnerReference;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Service;
import io.towtank.api.StatefulSet;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.PodSelector;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which pods belong together because a service or a controller selects them (kube-scheduler:
 * helper.DefaultSelector). Default spreading constraints count those.
 */
public final class WorkloadSelectors {
  /** The kind of ReplicationControllers, for which there is no record. */
  public static final String REPLICATION_CONTROLLER = "ReplicationController";

  private static final int CAPACITY = 1 << 14;
  private static final String REPLICA_SET = "ReplicaSet";
  private static final String STATEFUL_SET = "StatefulSet";

  private record Known(
      long generation, Inputs inputs, @Nullable PodSelector selector, long number) {}

  /** What a pod's selector follows from. */
  private record Inputs(long services, @Nullable LabelSelector ofController) {}

  private record Controller(String kind, String namespace, String name) {
    Controller(String kind, KubeObject object) {
      this(kind, WorkloadSelectors.namespace(object.metadata().namespace()), object.name());
    }
  }

  private final ClusterState state;
  private final Map<String, Map<String, ImmutableMap<String, String>>> services = new HashMap<>();
  private final Map<Controller, LabelSelector> controllers = new HashMap<>();
  private final Map<PodInfo, Known> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PodInfo, Known> eldest) {
          return size() > CAPACITY;
        }
      };
  private long generation;
  private long servicesGeneration;
  private long selectors;

  /** No services and controllers. */
  public WorkloadSelectors(ClusterState state) {
    this.state = state;
  }

  /** Takes in a service. */
  public void set(Service service) {
    ImmutableMap<String, String> selector =
        service.spec() == null ? ImmutableMap.of() : service.spec().selector();
    servicesChanged(
        !selector.equals(
            services
                .computeIfAbsent(namespace(service.metadata().namespace()), n -> new TreeMap<>())
                .put(service.name(), selector)));
  }

  /** A service is gone. */
  public void remove(Service service) {
    Map<String, ImmutableMap<String, String>> ofNamespace =
        services.get(namespace(service.metadata().namespace()));
    servicesChanged(ofNamespace != null && ofNamespace.remove(service.name()) != null);
  }

  /** Takes in a ReplicaSet. */
  public void set(ReplicaSet replicaSet) {
    set(new Controller(REPLICA_SET, replicaSet), replicaSet.spec().selector());
  }

  /** A ReplicaSet is gone. */
  public void remove(ReplicaSet replicaSet) {
    remove(new Controller(REPLICA_SET, replicaSet));
  }

  /** Takes in a StatefulSet. */
  public void set(StatefulSet statefulSet) {
    set(new Controller(STATEFUL_SET, statefulSet), statefulSet.spec().selector());
  }

  /** A StatefulSet is gone. */
  public void remove(StatefulSet statefulSet) {
    remove(new Controller(STATEFUL_SET, statefulSet));
  }

  /** Takes in a ReplicationController. */
  public void setReplicationController(GenericObject controller) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    JsonNode spec = controller.content().get("spec");
    if (spec != null) {
      spec.path("selector")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    }
    set(
        new Controller(REPLICATION_CONTROLLER, controller),
        new LabelSelector(labels.buildOrThrow(), ImmutableList.of(), Fields.NONE));
  }

  /** A ReplicationController is gone. */
  public void removeReplicationController(GenericObject controller) {
    remove(new Controller(REPLICATION_CONTROLLER, controller));
  }

  private void set(Controller controller, LabelSelector selector) {
    changed(!selector.equals(controllers.put(controller, selector)));
  }

  private void remove(Controller controller) {
    changed(controllers.remove(controller) != null);
  }

  private void servicesChanged(boolean really) {
    changed(really);
    if (really) {
      servicesGeneration++;
    }
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
    return known(pod).selector;
  }

  /** Another number than before when {@link #selector} changes. */
  long generation(PodInfo pod) {
    return known(pod).number;
  }

  private Known known(PodInfo pod) {
    Known before = known.get(pod);
    if (before != null && before.generation == generation) {
      return before;
    }
    Inputs inputs = new Inputs(servicesGeneration, ofController(pod));
    Known now;
    if (before != null && before.inputs.equals(inputs)) {
      now = new Known(generation, inputs, before.selector, before.number);
    } else {
      PodSelector selector = compute(pod, inputs.ofController);
      long number =
          before != null && Objects.equals(selector, before.selector) ? before.number : ++selectors;
      now = new Known(generation, inputs, selector, number);
    }
    known.put(pod, now);
    return now;
  }

  private @Nullable LabelSelector ofController(PodInfo pod) {
    OwnerReference owner = pod.controller();
    return owner == null
        ? null
        : controllers.get(new Controller(owner.kind(), pod.namespace(), owner.name()));
  }

  private @Nullable PodSelector compute(PodInfo pod, @Nullable LabelSelector ofController) {
    Map<String, String> labels = new TreeMap<>();
    services
        .getOrDefault(pod.namespace(), Map.of())
        .forEach((name, selector) -> {
          if (!selector.isEmpty() && matches(selector, pod)) {
            labels.putAll(selector);
          }
        });
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

package io.towtank.scenarios.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.environment.Configuration;
import io.towtank.environment.ContainerEnvironment;
import io.towtank.scenarios.run.SimulatedCluster;
import io.towtank.store.ApiStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Works out what the containers of some pods are told, at the moments at which their pods' statuses
 * tell that they run. Services and ConfigMaps that come later do not change it, as in a cluster.
 */
final class EnvironmentWatch {
  private static final long NEVER = Long.MIN_VALUE;

  private final SimulatedCluster cluster;
  private final Predicate<Pod> wanted;
  private final Map<String, Map<String, StartedEnvironment>> byPod = new LinkedHashMap<>();

  EnvironmentWatch(SimulatedCluster cluster, Predicate<Pod> wanted) {
    this.cluster = cluster;
    this.wanted = wanted;
    cluster
        .store()
        .addCommitListener((previous, current, revision) -> committed(previous, current));
  }

  /** What the containers of a pod were last told, in the order in which they first started. */
  ImmutableList<StartedEnvironment> of(Pod pod) {
    return ImmutableList.copyOf(byPod.getOrDefault(key(pod), ImmutableMap.of()).values());
  }

  private static String key(Pod pod) {
    return pod.metadata().namespace() + "/" + pod.name() + "/" + pod.metadata().uid();
  }

  private void committed(@Nullable KubeObject previous, @Nullable KubeObject current) {
    if (current instanceof Pod pod && wanted.test(pod)) {
      for (Container container :
          Stream.concat(pod.spec().initContainers().stream(), pod.spec().containers().stream())
              .toList()) {
        long startedAt = startedAt(pod, container.name());
        if (startedAt != NEVER
            && (!(previous instanceof Pod before)
                || startedAt(before, container.name()) != startedAt)) {
          byPod
              .computeIfAbsent(key(pod), k -> new LinkedHashMap<>())
              .put(container.name(), environment(pod, container));
        }
      }
    }
  }

  private static long startedAt(Pod pod, String name) {
    for (ContainerStatus status :
        Stream.concat(
                pod.status().initContainerStatuses().stream(),
                pod.status().containerStatuses().stream())
            .toList()) {
      ContainerState state = status.state();
      if (status.name().equals(name) && state != null) {
        return state.running() != null
            ? state.running().startedAt()
            : state.terminated() != null ? state.terminated().startedAt() : NEVER;
      }
    }
    return NEVER;
  }

  private StartedEnvironment environment(Pod pod, Container container) {
    ApiStore store = cluster.store();
    Node node = store.get(Kinds.NODE, null, String.valueOf(pod.nodeName()));
    return new StartedEnvironment(
        container.name(),
        cluster.simulation().nanos(),
        ContainerEnvironment.of(
            pod,
            container,
            new Configuration(store::get),
            node == null ? ImmutableMap.of() : node.status().allocatable(),
            store.list(Kinds.SERVICE)),
        cluster.devices(pod, container.name()));
  }
}

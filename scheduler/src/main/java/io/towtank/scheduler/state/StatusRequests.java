package io.towtank.scheduler.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the containers of a pod that is resized in place count for, where that is not what its spec
 * asks for (KEP-1287; component-helpers/resource: determineContainerReqs with UseStatusResources,
 * on since Kubernetes 1.33).
 *
 * <p>Until the kubelet has done it, a container counts with the most of what is asked for, what is
 * set aside for it ({@code allocatedResources}) and what it has ({@code resources} of its status);
 * where the node can never do it, what is asked for does not count.
 */
public final class StatusRequests {
  private static final String RESOURCES = "resources";

  private StatusRequests() {}

  /** By container, what it counts for; no container of which the spec tells all. */
  public static ImmutableMap<String, ImmutableMap<String, Quantity>> of(Pod pod) {
    // Nearly all pods: their kubelets say nothing about resources, or have not said anything yet.
    if (!tellsOfResources(pod.status().containerStatuses())
        && !tellsOfResources(pod.status().initContainerStatuses())) {
      return ImmutableMap.of();
    }
    boolean infeasible = isResizeInfeasible(pod);
    ImmutableMap.Builder<String, ImmutableMap<String, Quantity>> requests = ImmutableMap.builder();
    for (Container container : pod.spec().containers()) {
      add(requests, container, pod, infeasible);
    }
    for (Container container : pod.spec().initContainers()) {
      if ("Always".equals(container.restartPolicy())) {
        add(requests, container, pod, infeasible);
      }
    }
    return requests.buildOrThrow();
  }

  private static boolean tellsOfResources(ImmutableList<ContainerStatus> statuses) {
    for (int i = 0; i < statuses.size(); i++) {
      ContainerStatus status = statuses.get(i);
      if (!status.rest().isEmpty() && status.rest().get(RESOURCES) != null) {
        return true;
      }
    }
    return false;
  }

  private static void add(
      ImmutableMap.Builder<String, ImmutableMap<String, Quantity>> requests,
      Container container,
      Pod pod,
      boolean infeasible) {
    ContainerStatus status =
        ContainerStatus.find(pod.status().initContainerStatuses(), container.name());
    if (status == null) {
      status = ContainerStatus.find(pod.status().containerStatuses(), container.name());
    }
    JsonNode actual = status == null ? null : status.rest().get(RESOURCES);
    if (status == null || actual == null || actual.isNull()) {
      return;
    }
    ImmutableMap<String, Quantity> asked = requests(container);
    Map<String, Quantity> most = new LinkedHashMap<>(infeasible ? ImmutableMap.of() : asked);
    raise(most, actual.path("requests"));
    JsonNode allocated = status.rest().get("allocatedResources");
    if (allocated != null) {
      raise(most, allocated);
    }
    if (!most.equals(asked)) {
      requests.put(container.name(), ImmutableMap.copyOf(most));
    }
  }

  static ImmutableMap<String, Quantity> requests(Container container) {
    return container.resources() == null ? ImmutableMap.of() : container.resources().requests();
  }

  private static void raise(Map<String, Quantity> most, JsonNode amounts) {
    for (Map.Entry<String, JsonNode> amount : amounts.properties()) {
      Quantity other = Quantity.parse(amount.getValue().asText());
      most.merge(amount.getKey(), other, (a, b) -> a.compareTo(b) >= 0 ? a : b);
    }
  }

  /** component-helpers/resource: IsPodResizeInfeasible. */
  private static boolean isResizeInfeasible(Pod pod) {
    PodCondition pending = pod.status().condition("PodResizePending");
    return pending != null && "Infeasible".equals(pending.reason());
  }
}

package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;

/** How often a pod's containers were started again. */
public final class Restarts {
  private Restarts() {}

  /** Of the container with the most, sidecars apart. */
  public static int most(Pod pod) {
    int most = 0;
    for (ContainerStatus status : pod.status().containerStatuses()) {
      most = Math.max(most, status.restartCount());
    }
    return most;
  }

  /** Of the sidecar with the most (KEP-753). */
  public static int mostOfSidecars(Pod pod) {
    int most = 0;
    for (ContainerStatus status : pod.status().initContainerStatuses()) {
      if (isSidecar(status.name(), pod.spec().initContainers())) {
        most = Math.max(most, status.restartCount());
      }
    }
    return most;
  }

  /** Of all containers together. */
  public static int sum(Pod pod) {
    int sum = 0;
    for (ContainerStatus status : pod.status().initContainerStatuses()) {
      sum += status.restartCount();
    }
    for (ContainerStatus status : pod.status().containerStatuses()) {
      sum += status.restartCount();
    }
    return sum;
  }

  private static boolean isSidecar(String name, ImmutableList<Container> containers) {
    for (Container container : containers) {
      if (container.name().equals(name) && "Always".equals(container.restartPolicy())) {
        return true;
      }
    }
    return false;
  }
}

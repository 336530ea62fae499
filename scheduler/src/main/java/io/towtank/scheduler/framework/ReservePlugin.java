package io.towtank.scheduler.framework;

import io.towtank.api.Pod;

/** Takes note that a pod will run on a node, before it is bound (kube-scheduler: Reserve). */
public interface ReservePlugin extends Plugin {
  /** Anything but success calls the binding off. */
  Status reserve(Pod pod, String nodeName);

  /** Undoes it; called for every plugin where any later step failed. */
  void unreserve(Pod pod, String nodeName);
}

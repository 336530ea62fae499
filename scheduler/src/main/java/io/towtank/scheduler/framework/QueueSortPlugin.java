package io.towtank.scheduler.framework;

/** Orders the active queue (kube-scheduler: QueueSort). Exactly one is enabled. */
public interface QueueSortPlugin extends Plugin {
  /**
   * Negative where the first pod is to be tried before the second.
   *
   * @param priorityA the first pod's priority
   * @param queuedA when the first pod came into the queue, virtual nanoseconds
   */
  int compare(int priorityA, long queuedA, int priorityB, long queuedB);
}

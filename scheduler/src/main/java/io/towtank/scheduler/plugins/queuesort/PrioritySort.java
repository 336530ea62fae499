package io.towtank.scheduler.plugins.queuesort;

import io.towtank.scheduler.framework.QueueSortPlugin;
import io.towtank.scheduler.plugins.Names;

/** Higher priority first, then who came first (kube-scheduler: PrioritySort). */
public final class PrioritySort implements QueueSortPlugin {
  @Override
  public String name() {
    return Names.PRIORITY_SORT;
  }

  @Override
  public int compare(int priorityA, long queuedA, int priorityB, long queuedB) {
    int order = Integer.compare(priorityB, priorityA);
    return order != 0 ? order : Long.compare(queuedA, queuedB);
  }
}

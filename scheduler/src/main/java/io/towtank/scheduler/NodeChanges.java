package io.towtank.scheduler;

import io.towtank.api.Node;
import io.towtank.scheduler.framework.ClusterEvent;

/** What changed about a node, as far as it matters to scheduling (kube-scheduler: nodeEvents). */
final class NodeChanges {
  private NodeChanges() {}

  /** The actions of the event; 0 where nothing that matters changed, as with a heartbeat. */
  static int between(Node before, Node now) {
    int actions = 0;
    if (!before.status().allocatable().equals(now.status().allocatable())) {
      actions |= ClusterEvent.UPDATE_NODE_ALLOCATABLE;
    }
    if (!before.metadata().labels().equals(now.metadata().labels())) {
      actions |= ClusterEvent.UPDATE_NODE_LABEL;
    }
    if (!before.spec().taints().equals(now.spec().taints())
        || Boolean.TRUE.equals(before.spec().unschedulable())
            != Boolean.TRUE.equals(now.spec().unschedulable())) {
      actions |= ClusterEvent.UPDATE_NODE_TAINT;
    }
    if (!before.status().images().equals(now.status().images())) {
      actions |= ClusterEvent.UPDATE_OTHER;
    }
    return actions;
  }
}

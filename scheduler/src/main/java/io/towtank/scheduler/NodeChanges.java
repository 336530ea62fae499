package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
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
    if (!sameConditions(before.status().conditions(), now.status().conditions())) {
      actions |= ClusterEvent.UPDATE_NODE_CONDITION;
    }
    if (!before.metadata().annotations().equals(now.metadata().annotations())) {
      actions |= ClusterEvent.UPDATE_NODE_ANNOTATION;
    }
    if (!before.status().images().equals(now.status().images())) {
      actions |= ClusterEvent.UPDATE_OTHER;
    }
    return actions;
  }

  /** Whether they say the same; when they said it last is no matter. */
  private static boolean sameConditions(
      ImmutableList<NodeCondition> before, ImmutableList<NodeCondition> now) {
    boolean same = before.size() == now.size();
    for (int i = 0; same && i < now.size(); i++) {
      same =
          before.get(i).type().equals(now.get(i).type())
              && before.get(i).status() == now.get(i).status();
    }
    return same;
  }
}

package io.towtank.scheduler.plugins.nodeports;

import com.google.common.collect.ImmutableList;
import io.towtank.api.HostPort;
import io.towtank.api.Pod;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;

/** Two pods cannot have the same port of a node (kube-scheduler: NodePorts). */
public final class NodePorts implements FilterPlugin<ImmutableList<HostPort>> {
  static final Status REASON =
      Status.unschedulable("node(s) didn't have free ports for the requested pod ports");

  @Override
  public String name() {
    return Names.NODE_PORTS;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.DELETE,
            (pod, previous, current) ->
                previous instanceof Pod deleted && takesOneOf(deleted, pod)),
        ClusterEventWithHint.of(ClusterEvent.Resource.NODE, ClusterEvent.ADD));
  }

  private static boolean takesOneOf(Pod deleted, Pod waiting) {
    return conflict(HostPort.of(waiting.spec()), HostPort.of(deleted.spec()));
  }

  private static boolean conflict(ImmutableList<HostPort> wanted, ImmutableList<HostPort> taken) {
    for (HostPort port : taken) {
      for (HostPort other : wanted) {
        if (other.conflicts(port)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public PreFilterResult<ImmutableList<HostPort>> preFilter(PodInfo pod) {
    return pod.hostPorts().isEmpty()
        ? PreFilterResult.skip()
        : PreFilterResult.demand(pod.hostPorts());
  }

  @Override
  public Status filter(ImmutableList<HostPort> wanted, NodeInfo node) {
    if (node.podsWithHostPorts() == 0) {
      return Status.SUCCESS;
    }
    for (int i = 0; i < node.podCount(); i++) {
      if (conflict(wanted, node.pod(i).info().hostPorts())) {
        return REASON;
      }
    }
    return Status.SUCCESS;
  }
}

package io.towtank.scheduler.plugins.nodeunschedulable;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.tainttoleration.Tolerations;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;

/**
 * A cordoned node takes only pods that tolerate the taint that cordoning brings (kube-scheduler:
 * NodeUnschedulable).
 */
public final class NodeUnschedulable implements FilterPlugin<Boolean> {
  static final Status REASON = Status.unresolvable("node(s) were unschedulable");

  private static final Taint CORDONED =
      new Taint(
          "node.kubernetes.io/unschedulable", null, "NoSchedule", Timestamps.NONE, Fields.NONE);

  @Override
  public String name() {
    return Names.NODE_UNSCHEDULABLE;
  }

  @Override
  public boolean looksAtNodeKindOnly() {
    return true;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE,
            ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_TAINT,
            (pod, previous, current) ->
                !isCordoned(current) && (previous == null || isCordoned(previous))),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.UNSCHEDULED_POD,
            ClusterEvent.UPDATE_POD_TOLERATIONS,
            (pod, previous, current) -> current instanceof Pod changed && tolerates(changed)));
  }

  private static boolean isCordoned(
      io.towtank.api.@org.jspecify.annotations.Nullable KubeObject o) {
    return o instanceof Node node && Boolean.TRUE.equals(node.spec().unschedulable());
  }

  private static boolean tolerates(Pod pod) {
    return Tolerations.tolerated(CORDONED, pod.spec().tolerations());
  }

  @Override
  public PreFilterResult<Boolean> preFilter(PodInfo pod) {
    ImmutableList<Toleration> tolerations = pod.spec().tolerations();
    return Tolerations.tolerated(CORDONED, tolerations)
        ? PreFilterResult.skip()
        : PreFilterResult.demand(true);
  }

  @Override
  public Status filter(Boolean demand, NodeInfo node) {
    return node.unschedulable() ? REASON : Status.SUCCESS;
  }
}

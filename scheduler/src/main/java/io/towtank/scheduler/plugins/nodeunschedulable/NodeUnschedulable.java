package io.towtank.scheduler.plugins.nodeunschedulable;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.tainttoleration.Tolerations;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;

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
  public PreFilterResult<Boolean> preFilter(PodInfo pod) {
    return tolerates(pod.spec()) ? PreFilterResult.skip() : PreFilterResult.demand(true);
  }

  @Override
  public Status filter(Boolean demand, NodeInfo node) {
    return node.unschedulable() ? REASON : Status.SUCCESS;
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
            (pod, previous, current) ->
                current instanceof Pod changed && tolerates(changed.spec())));
  }

  private static boolean isCordoned(@Nullable KubeObject object) {
    return object instanceof Node node && Boolean.TRUE.equals(node.spec().unschedulable());
  }

  private static boolean tolerates(PodSpec spec) {
    return Tolerations.tolerated(CORDONED, spec.tolerations());
  }
}

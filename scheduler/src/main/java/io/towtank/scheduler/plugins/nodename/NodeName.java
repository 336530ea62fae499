package io.towtank.scheduler.plugins.nodename;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;

/**
 * A pod whose spec names a node fits that node alone (kube-scheduler: NodeName).
 *
 * <p>The name is kept beside the spec, and pods that have one are bound already; so there is never
 * anything to check. The plugin exists because configurations name it.
 */
public final class NodeName implements FilterPlugin<String> {
  static final Status REASON = Status.unresolvable("node(s) didn't match the requested node name");

  @Override
  public String name() {
    return Names.NODE_NAME;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(ClusterEventWithHint.of(ClusterEvent.Resource.NODE, ClusterEvent.ADD));
  }

  @Override
  public PreFilterResult<String> preFilter(PodInfo pod) {
    return PreFilterResult.skip();
  }

  @Override
  public Status filter(String wanted, NodeInfo node) {
    return node.name().equals(wanted) ? Status.SUCCESS : REASON;
  }
}

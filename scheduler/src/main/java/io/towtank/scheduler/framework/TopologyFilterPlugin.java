package io.towtank.scheduler.framework;

import io.towtank.scheduler.state.PodInfo;

/** Decides by topology whether a node can take a pod (kube-scheduler: PreFilter and Filter). */
public interface TopologyFilterPlugin extends Plugin {
  /** The rule for pods like this one. */
  PreFilterResult<TopologyFilter> preFilter(PodInfo pod);
}

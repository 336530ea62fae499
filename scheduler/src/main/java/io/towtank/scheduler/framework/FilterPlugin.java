package io.towtank.scheduler.framework;

import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;

/**
 * Decides whether a node can take a pod, from the pod and that one node (kube-scheduler: PreFilter
 * and Filter). The answer may depend on nothing else, unless {@link Plugin#isVolatile} says so.
 *
 * @param <D> what the plugin wants to know of a pod, worked out once per template
 */
public interface FilterPlugin<D> extends Plugin {
  /** Works out what the filter is to check. */
  PreFilterResult<D> preFilter(PodInfo pod);

  /**
   * What the filter is to check where a profile has a plugin of kube-scheduler off at PreFilter and
   * on at Filter. Plugins of users are never asked: such a profile is refused.
   */
  default PreFilterResult<D> filterAlone(PodInfo pod) {
    return preFilter(pod);
  }

  /** Whether the node fits. The node is a cursor: it must not be kept. */
  Status filter(D demand, NodeInfo node);
}

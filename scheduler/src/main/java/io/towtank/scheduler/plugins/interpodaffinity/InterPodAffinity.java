package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;

/**
 * Pods that want to be in one domain with others, or apart from them (kube-scheduler:
 * InterPodAffinity). Anti-affinity counts both ways: a pod also keeps off where it is not wanted.
 */
public final class InterPodAffinity implements TopologyFilterPlugin, TopologyScorePlugin {
  private final ClusterState state;
  private final int hardPodAffinityWeight;
  private final boolean ignorePreferredTermsOfExistingPods;

  /**
   * The plugin with its arguments.
   *
   * @param hardPodAffinityWeight what required affinity of existing pods counts in scores, 0 to 100
   * @param ignorePreferredTermsOfExistingPods whether only the pod's own preferences count
   */
  public InterPodAffinity(
      ClusterState state, int hardPodAffinityWeight, boolean ignorePreferredTermsOfExistingPods) {
    this.state = state;
    this.hardPodAffinityWeight = hardPodAffinityWeight;
    this.ignorePreferredTermsOfExistingPods = ignorePreferredTermsOfExistingPods;
  }

  @Override
  public String name() {
    return Names.INTER_POD_AFFINITY;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return PodEvents.REGISTERED;
  }

  @Override
  public PreFilterResult<TopologyFilter> preFilter(PodInfo pod) {
    return PreFilterResult.demand(new RequiredTerms(state, pod));
  }

  @Override
  public TopologyScore preScore(PodInfo pod) {
    return new PreferredTerms(
        state, pod, hardPodAffinityWeight, ignorePreferredTermsOfExistingPods);
  }
}

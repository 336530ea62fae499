package io.towtank.scheduler.plugins.noderesources;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;

/**
 * A node is the better the more evenly its resources would be used: 100 less the standard deviation
 * of the used fractions, in percent (kube-scheduler: NodeResourcesBalancedAllocation, as up to
 * 1.35).
 */
public final class BalancedAllocation implements ScorePlugin<Usage> {
  private final ClusterState state;
  private final ImmutableList<ResourceSpec> resources;

  /** The plugin with its argument. */
  public BalancedAllocation(ClusterState state, ImmutableList<ResourceSpec> resources) {
    this.state = state;
    this.resources = resources;
  }

  @Override
  public String name() {
    return Names.NODE_RESOURCES_BALANCED_ALLOCATION;
  }

  @Override
  public boolean looksAtNodeKindOnly() {
    return true;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of();
  }

  @Override
  public @Nullable Usage preScore(PodInfo pod) {
    Usage usage = new Usage(state.resources(), resources, pod, false);
    return usage.isBestEffort() ? null : usage;
  }

  /** Without PreScore nodes get 0 from pods that ask for nothing. */
  @Override
  public Usage scoreAlone(PodInfo pod) {
    return new Usage(state.resources(), resources, pod, false);
  }

  @Override
  public long score(Usage usage, NodeInfo node) {
    if (usage.isBestEffort()) {
      return 0;
    }
    usage.of(node);
    int count = 0;
    double first = 0;
    double last = 0;
    double sum = 0;
    for (int i = 0; i < usage.requested.length; i++) {
      if (usage.allocatable[i] != 0) {
        last = fraction(usage, i);
        sum += last;
        if (count++ == 0) {
          first = last;
        }
      }
    }
    double deviation =
        switch (count) {
          case 0, 1 -> 0;
          case 2 -> Math.abs((first - last) / 2);
          default -> deviation(usage, sum / count, count);
        };
    return (long) ((1 - deviation) * MAX_NODE_SCORE);
  }

  private static double deviation(Usage usage, double mean, int count) {
    double sum = 0;
    for (int i = 0; i < usage.requested.length; i++) {
      if (usage.allocatable[i] != 0) {
        double distance = fraction(usage, i) - mean;
        sum += distance * distance;
      }
    }
    return Math.sqrt(sum / count);
  }

  private static double fraction(Usage usage, int i) {
    double fraction = (double) usage.requested[i] / usage.allocatable[i];
    return fraction > 1 ? 1 : fraction;
  }
}

package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.BindPlugin;
import io.towtank.scheduler.framework.PermitPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PostBindPlugin;
import io.towtank.scheduler.framework.PostFilterPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.QueueSortPlugin;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.state.PodInfo;

/**
 * The plugins of one scheduler name, by extension point and in order (kube-scheduler:
 * frameworkImpl).
 *
 * @param schedulerName which pods it is for
 * @param percentageOfNodesToScore 100 or more: all; 0: kube-scheduler's adaptive formula
 * @param preFilters plugins that judge the pod before any node, in this order: {@link
 *     io.towtank.scheduler.framework.FilterPlugin}s and {@link
 *     io.towtank.scheduler.framework.TopologyFilterPlugin}s
 * @param filters plugins of the same types that judge nodes, in this order
 * @param preScores plugins that prepare for {@code scores}, and may have no opinion of a pod
 * @param judges all plugins that filter or score, each once
 */
public record Profile(
    String schedulerName,
    int percentageOfNodesToScore,
    QueueSortPlugin queueSort,
    ImmutableList<PreEnqueuePlugin> preEnqueue,
    ImmutableList<Plugin> preFilters,
    ImmutableList<Plugin> filters,
    ImmutableList<PostFilterPlugin> postFilters,
    ImmutableList<Plugin> preScores,
    ImmutableList<WeightedScore> scores,
    ImmutableList<Plugin> judges,
    ImmutableList<ReservePlugin> reserve,
    ImmutableList<PermitPlugin> permit,
    ImmutableList<PreBindPlugin> preBind,
    ImmutableList<BindPlugin> bind,
    ImmutableList<PostBindPlugin> postBind) {
  /**
   * A scoring plugin and how much it counts.
   *
   * @param plugin a {@link io.towtank.scheduler.framework.ScorePlugin} or {@link
   *     io.towtank.scheduler.framework.TopologyScorePlugin}
   */
  public record WeightedScore(Plugin plugin, int weight) {}

  /** Whether no node that fits is left out. */
  boolean scoresAllNodes() {
    return percentageOfNodesToScore >= 100;
  }

  /** How many feasible nodes are scored. */
  int feasibleNodesToFind(int nodes) {
    return feasibleNodesToFind(nodes, percentageOfNodesToScore);
  }

  /**
   * How many would be scored of another share; where nothing is scored, one is enough
   * (kube-scheduler: findNodesThatPassFilters).
   */
  int feasibleNodesToFind(int nodes, int percentage) {
    return scores.isEmpty() && percentage < 100
        ? Math.min(1, nodes)
        : NodeSampler.feasibleNodesToFind(nodes, percentage);
  }

  /** Changes when what filters or scores worked out of such pods no longer holds. */
  long generation(PodInfo pod) {
    long generation = 0;
    for (int i = 0; i < judges.size(); i++) {
      generation = generation * 31 + judges.get(i).generation(pod);
    }
    return generation;
  }

  /** Whether any answer about a node may change without the node. */
  boolean isVolatile() {
    for (int i = 0; i < judges.size(); i++) {
      if (judges.get(i).isVolatile()) {
        return true;
      }
    }
    return false;
  }
}

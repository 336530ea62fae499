package io.towtank.scheduler.plugins.noderesources;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.ScorePlugin;

/**
 * How full a node should be (kube-scheduler: NodeResourcesFitArgs.scoringStrategy): a score from
 * what would be requested of each resource, and what there is.
 */
public sealed interface ScoringStrategy {
  /** The resources that count. */
  ImmutableList<ResourceSpec> resources();

  /**
   * The score.
   *
   * @param requested by position in {@link #resources}, with the pod
   * @param allocatable by position; 0 leaves the resource out
   */
  long score(long[] requested, long[] allocatable);

  /** CPU and memory count alike. */
  ImmutableList<ResourceSpec> CPU_AND_MEMORY =
      ImmutableList.of(new ResourceSpec("cpu", 1), new ResourceSpec("memory", 1));

  /** Emptier is better. */
  record LeastAllocated(ImmutableList<ResourceSpec> resources) implements ScoringStrategy {
    @Override
    public long score(long[] requested, long[] allocatable) {
      long sum = 0;
      long weights = 0;
      for (int i = 0; i < requested.length; i++) {
        if (allocatable[i] != 0) {
          long free = allocatable[i] - requested[i];
          long weight = resources.get(i).weight();
          sum += free < 0 ? 0 : free * ScorePlugin.MAX_NODE_SCORE / allocatable[i] * weight;
          weights += weight;
        }
      }
      return weights == 0 ? 0 : sum / weights;
    }
  }

  /** Fuller is better. */
  record MostAllocated(ImmutableList<ResourceSpec> resources) implements ScoringStrategy {
    @Override
    public long score(long[] requested, long[] allocatable) {
      long sum = 0;
      long weights = 0;
      for (int i = 0; i < requested.length; i++) {
        if (allocatable[i] != 0) {
          long used = Math.min(requested[i], allocatable[i]);
          long weight = resources.get(i).weight();
          sum += used * ScorePlugin.MAX_NODE_SCORE / allocatable[i] * weight;
          weights += weight;
        }
      }
      return weights == 0 ? 0 : sum / weights;
    }
  }

  /**
   * A function of how full the node would be, given by points between which lies a line.
   *
   * @param shape at least one point, in order of utilisation
   */
  record RequestedToCapacityRatio(ImmutableList<ResourceSpec> resources, ImmutableList<Point> shape)
      implements ScoringStrategy {
    /**
     * A point of the function.
     *
     * @param utilization percent
     * @param score 0 to 10
     */
    public record Point(long utilization, long score) {}

    private static final long MAX_POINT_SCORE = 10;

    @Override
    public long score(long[] requested, long[] allocatable) {
      long sum = 0;
      long weights = 0;
      for (int i = 0; i < requested.length; i++) {
        if (allocatable[i] != 0) {
          long utilization =
              requested[i] > allocatable[i] ? 100 : requested[i] * 100 / allocatable[i];
          long score = at(utilization);
          if (score > 0) {
            sum += score * resources.get(i).weight();
            weights += resources.get(i).weight();
          }
        }
      }
      return weights == 0 ? 0 : Math.round((double) sum / weights);
    }

    private long at(long utilization) {
      for (int i = 0; i < shape.size(); i++) {
        if (utilization <= shape.get(i).utilization()) {
          if (i == 0) {
            return score(0);
          }
          Point from = shape.get(i - 1);
          Point to = shape.get(i);
          return score(i - 1)
              + (score(i) - score(i - 1))
                  * (utilization - from.utilization())
                  / (to.utilization() - from.utilization());
        }
      }
      return score(shape.size() - 1);
    }

    private long score(int point) {
      return shape.get(point).score() * (ScorePlugin.MAX_NODE_SCORE / MAX_POINT_SCORE);
    }
  }
}

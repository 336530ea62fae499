package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.regex.Pattern;

/**
 * The autoscaler's flags, by their names; durations in nanoseconds.
 *
 * @param expanders choose among groups that could grow, one after another; the last tie is broken
 *     at random
 * @param priorities for {@link Expander#PRIORITY}: of the patterns that match a group's name, the
 *     highest number counts (cluster-autoscaler: ConfigMap cluster-autoscaler-priority-expander)
 * @param maxNodesTotal 0 for no limit
 * @param scaleDownGpuUtilizationThreshold of nodes that have GPUs, for these alone
 * @param expendablePodsPriorityCutoff pods of a lower priority neither bring nodes nor keep them
 * @param minReplicaCount pods of ReplicaSets with fewer replicas keep their nodes, where those of
 *     unknown controllers do, too
 * @param okTotalUnreadyCount so many nodes may be unready whatever share of all that is
 * @param maxTotalUnreadyPercentage where more are, nothing is done
 */
@RecordBuilder
public record ClusterAutoscalerOptions(
    ImmutableList<Expander> expanders,
    ImmutableSortedMap<Integer, ImmutableList<Pattern>> priorities,
    long scanIntervalNanos,
    long newPodScaleUpDelayNanos,
    int maxNodesTotal,
    int maxNodesPerScaleUp,
    boolean balanceSimilarNodeGroups,
    long maxNodeProvisionNanos,
    int expendablePodsPriorityCutoff,
    boolean scaleDownEnabled,
    double scaleDownUtilizationThreshold,
    double scaleDownGpuUtilizationThreshold,
    long scaleDownUnneededNanos,
    long scaleDownUnreadyNanos,
    long scaleDownDelayAfterAddNanos,
    long scaleDownDelayAfterDeleteNanos,
    long scaleDownDelayAfterFailureNanos,
    int maxScaleDownParallelism,
    int maxDrainParallelism,
    long maxGracefulTerminationSeconds,
    long maxPodEvictionNanos,
    boolean skipNodesWithSystemPods,
    boolean skipNodesWithLocalStorage,
    boolean skipNodesWithCustomControllerPods,
    boolean ignoreDaemonSetsUtilization,
    boolean ignoreMirrorPodsUtilization,
    int minReplicaCount,
    int okTotalUnreadyCount,
    double maxTotalUnreadyPercentage) {
  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;

  /** What cluster-autoscaler has where no flag is given. */
  public static final ClusterAutoscalerOptions DEFAULT =
      new ClusterAutoscalerOptions(
          ImmutableList.of(Expander.LEAST_WASTE),
          ImmutableSortedMap.of(),
          10 * SECOND,
          0,
          0,
          1000,
          false,
          15 * MINUTE,
          -10,
          true,
          0.5,
          0.5,
          10 * MINUTE,
          20 * MINUTE,
          10 * MINUTE,
          0,
          3 * MINUTE,
          10,
          1,
          600,
          2 * MINUTE,
          true,
          true,
          true,
          false,
          false,
          0,
          3,
          45);
}

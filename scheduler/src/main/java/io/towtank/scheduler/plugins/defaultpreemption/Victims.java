package io.towtank.scheduler.plugins.defaultpreemption;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.state.NodePod;

/**
 * The pods that have to leave a node so that another fits.
 *
 * @param pods the most important first; at least one
 * @param budgetViolations how many of them a disruption budget protects
 */
record Victims(int row, ImmutableList<NodePod> pods, int budgetViolations) {
  int highestPriority() {
    return pods.getFirst().info().priority();
  }

  /** kube-scheduler adds 2^31 to each, so that few pods of negative priority beat many. */
  long sumOfPriorities() {
    long sum = 0;
    for (NodePod pod : pods) {
      sum += pod.info().priority() + (1L << 31);
    }
    return sum;
  }

  /** When the first of the most important victims started, nanoseconds since 1970. */
  long earliestStart(long nowNanos) {
    long earliest = Long.MAX_VALUE;
    for (NodePod pod : pods) {
      if (pod.info().priority() == highestPriority()) {
        earliest = Math.min(earliest, Importance.startNanos(pod, nowNanos));
      }
    }
    return earliest;
  }
}

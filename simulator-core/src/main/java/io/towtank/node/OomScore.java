package io.towtank.node;

import io.towtank.api.Container;
import io.towtank.api.QosClass;

/** How readily the kernel ends a container where a node has no memory left. */
final class OomScore {
  // scheduling: SystemNodeCritical
  private static final int NODE_CRITICAL = 2_000_001_000;
  private static final int GUARANTEED = -997;
  private static final int BEST_EFFORT = 1_000;

  private OomScore() {}

  /** oom_score_adj of a container (kubelet: qos/policy.go, GetContainerOOMScoreAdjust). */
  static int adjustment(PodPlan plan, int container, long capacityBytes) {
    Integer priority = plan.spec.priority();
    if (plan.qosClass == QosClass.GUARANTEED || (priority != null && priority >= NODE_CRITICAL)) {
      return GUARANTEED;
    }
    if (plan.qosClass == QosClass.BEST_EFFORT) {
      return BEST_EFFORT;
    }
    int score = burstable(plan.containers.get(container), capacityBytes);
    if (plan.isSidecar(container)) {
      // A sidecar does not go before those that it serves (KEP-753).
      for (int i = plan.initCount; i < plan.containers.size(); i++) {
        score = Math.min(score, burstable(plan.containers.get(i), capacityBytes));
      }
    }
    return score;
  }

  private static int burstable(Container container, long capacityBytes) {
    long request = Shortage.request(container, "memory");
    long score = 1_000 - 1_000 * request / Math.max(1, capacityBytes);
    return (int) Math.min(999, Math.max(3, score));
  }
}

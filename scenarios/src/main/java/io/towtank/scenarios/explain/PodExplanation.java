package io.towtank.scenarios.explain;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scenarios.run.SimulatedCluster;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a pod and its node.
 *
 * @param pod namespace/name
 * @param scheduler the scheduler that it asks for
 * @param node where it is, null where it has no node
 * @param attempts how often a node was sought for it, 0 where that was not watched
 * @param decidedAtNanos when what is told was decided, nanoseconds since the start of the run
 * @param decision what was decided and why, null where this run's scheduler did not decide
 * @param ways what would have to change for a pod that fits nowhere
 * @param environments what its containers were told when they started, where that was watched
 */
public record PodExplanation(
    String pod,
    String scheduler,
    @Nullable String node,
    int attempts,
    long decidedAtNanos,
    @Nullable Decision decision,
    ImmutableList<Way> ways,
    ImmutableList<StartedEnvironment> environments) {
  /** What would be decided now for a pod that has no node, and what would have to change. */
  static PodExplanation asThingsAre(SimulatedCluster run, Pod pod, int attempts) {
    Decision decision = run.scheduler().explain(pod);
    return new PodExplanation(
        ObjectKey.of(pod).toString(),
        scheduler(pod),
        null,
        attempts,
        run.simulation().nanos(),
        decision,
        decision == null ? ImmutableList.of() : run.scheduler().ways(pod, decision),
        ImmutableList.of());
  }

  /** The scheduler that a pod asks for. */
  static String scheduler(Pod pod) {
    String scheduler = pod.spec().schedulerName();
    return scheduler == null ? "default-scheduler" : scheduler;
  }
}

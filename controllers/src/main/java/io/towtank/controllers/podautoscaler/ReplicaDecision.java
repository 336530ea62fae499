package io.towtank.controllers.podautoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;

/**
 * What an autoscaler decided when it looked at its workload, with the numbers that it was decided
 * by.
 *
 * @param atNanos when, in nanoseconds since the start
 * @param target the workload, as in {@code Deployment/shop}
 * @param current the replicas that there were
 * @param metrics all of the autoscaler's, in its order; none where bounds alone decided
 * @param proposed the replicas that metrics call for, before anything limits them
 * @param desired the replicas that the workload has now
 * @param reason why they are others, as the event tells it; empty where they are the same
 * @param held {@code ScaleUpStabilized} or {@code ScaleDownStabilized} where recommendations of
 *     late held it back, else empty
 * @param limited {@code ScaleUpLimit}, {@code ScaleDownLimit} (policies), {@code TooManyReplicas}
 *     or {@code TooFewReplicas} (bounds) where that limited it, else empty
 * @param problem why nothing could be decided, or done; empty where it could
 */
public record ReplicaDecision(
    long atNanos,
    ObjectKey autoscaler,
    String target,
    int current,
    ImmutableList<Metric> metrics,
    int proposed,
    int desired,
    String reason,
    String held,
    String limited,
    String problem) {
  /**
   * What a metric said.
   *
   * @param type of its source, as in {@code Resource}
   * @param name as in {@code cpu}
   * @param percent whether value and target are percents of what pods request
   * @param value what it was: of each pod, or, for targets of a value, in all
   * @param target what it should be
   * @param replicas that it calls for
   * @param problem why it could not be read, empty where it could
   */
  public record Metric(
      String type,
      String name,
      boolean percent,
      double value,
      double target,
      int replicas,
      String problem) {
    /** How much it is of what it should be. */
    public double ratio() {
      return target == 0 ? 0 : value / target;
    }
  }

  /** Whether the workload has other replicas now. */
  public boolean changes() {
    return desired != current;
  }
}

package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.scheduler.framework.Status;
import org.jspecify.annotations.Nullable;

/**
 * All that was found out about a pod when a node was sought for it.
 *
 * @param pod namespace/name
 * @param preFilter why it was turned down before any node was looked at
 * @param infeasible nodes and the first filter that turned each down
 * @param scores feasible nodes
 * @param best the feasible nodes with the highest total, in node order
 * @param bound the node that was chosen
 * @param message what the pod's condition says
 * @param preemption what a way out was found to be
 */
public record Decision(
    String pod,
    Outcome outcome,
    @Nullable Status preFilter,
    ImmutableMap<String, Status> infeasible,
    ImmutableMap<String, NodeScore> scores,
    ImmutableList<String> best,
    @Nullable String bound,
    @Nullable String message,
    @Nullable Preemption preemption) {
  /** How it ended. */
  public enum Outcome {
    SCHEDULED("Scheduled"),
    UNSCHEDULABLE("Unschedulable"),
    GATED("Gated");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * A feasible node's score.
   *
   * @param plugins each plugin's score after normalisation, times its weight
   */
  public record NodeScore(long total, ImmutableMap<String, Long> plugins) {}

  /** A node on which the pod would fit without some pods. */
  public record Preemption(String node, ImmutableList<String> victims) {}
}

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
 * @param filters the filters that had something to check, in order; a node that one of them turned
 *     down passed those before it
 * @param infeasible nodes and the first filter that turned each down
 * @param scores feasible nodes
 * @param best the feasible nodes with the highest total, in node order
 * @param lookedAt how many nodes were looked at; fewer than there are where a profile samples them,
 *     and then scores were normalised among fewer than are told here
 * @param bound the node that was chosen
 * @param message what the pod's condition says
 * @param preemption what a way out was found to be
 */
public record Decision(
    String pod,
    Outcome outcome,
    @Nullable Status preFilter,
    ImmutableList<String> filters,
    ImmutableMap<String, Status> infeasible,
    ImmutableMap<String, NodeScore> scores,
    ImmutableList<String> best,
    int lookedAt,
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
   * @param total the sum over all plugins
   * @param plugins what each plugin gave, by its name
   */
  public record NodeScore(long total, ImmutableMap<String, PluginScore> plugins) {}

  /**
   * What a plugin gave a node.
   *
   * @param raw the plugin's own score
   * @param normalized the score brought to 0 to 100, beside those of the other feasible nodes
   * @param weight how much the plugin counts
   */
  public record PluginScore(long raw, long normalized, int weight) {
    /** What the plugin adds to the total. */
    public long weighted() {
      return normalized * weight;
    }
  }

  /** A node on which the pod would fit without some pods. */
  public record Preemption(String node, ImmutableList<String> victims) {}
}

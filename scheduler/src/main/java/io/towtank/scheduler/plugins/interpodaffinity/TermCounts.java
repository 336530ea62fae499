package io.towtank.scheduler.plugins.interpodaffinity;

import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.DomainCounts;
import io.towtank.scheduler.state.LabelColumn;
import io.towtank.scheduler.state.PodCounts;
import java.util.function.IntConsumer;

/** Pods that some terms are about, counted by the domains of one topology key. */
final class TermCounts {
  private final LabelColumn column;
  private final PodCounts pods;
  private DomainCounts counts;

  TermCounts(ClusterState state, String topologyKey, PodCounts pods) {
    this.column = state.labels(topologyKey);
    this.pods = pods;
    this.counts = DomainCounts.of(column);
  }

  /**
   * Takes in what classes of pods there are.
   *
   * @param anew whether what was known of them is void
   */
  void catchUp(boolean anew) {
    pods.catchUp(anew);
  }

  void clear() {
    counts = DomainCounts.of(column);
  }

  /** Tells the rows with pods that count. */
  void rows(IntConsumer consumer) {
    pods.rows(consumer);
  }

  boolean outdated() {
    return counts.outdated();
  }

  /** Takes in what the pods of a row count for; says whether that is anything. */
  boolean take(int row, int slot) {
    return counts.set(slot, row, true, column.value(row) == LabelColumn.NONE ? 0 : pods.of(row));
  }

  /** What is counted on all nodes that have the label. */
  long sum() {
    return counts.sum();
  }

  long presence(int row, int slot) {
    return counts.presence(row, slot);
  }

  long feature(int row, int slot) {
    return counts.feature(row, slot);
  }

  long sumOf(long feature) {
    return counts.sumOf(feature);
  }
}

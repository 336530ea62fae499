package io.towtank.scheduler.plugins.interpodaffinity;

import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.DomainCounts;
import io.towtank.scheduler.state.LabelColumn;
import io.towtank.scheduler.state.PodCounts;
import java.util.function.IntConsumer;

/** Pods that some terms are about, counted by the domains of one topology key. */
final class TermCounts {
  private final ClusterState state;
  private final LabelColumn column;
  private final PodCounts pods;
  private DomainCounts counts;

  TermCounts(ClusterState state, String topologyKey, PodCounts pods) {
    this.state = state;
    this.column = state.labels(topologyKey);
    this.pods = pods;
    this.counts = new DomainCounts(column, 0);
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
    counts = new DomainCounts(column, state.rows());
  }

  /** Starts from the counts of no pods. */
  void start(TermCounts blank) {
    counts = blank.counts.copy();
  }

  /** Tells the rows with pods that count. */
  void rows(IntConsumer consumer) {
    pods.rows(consumer);
  }

  boolean outdated() {
    return counts.outdated();
  }

  void rowChanged(int row) {
    counts.set(row, true, column.value(row) == LabelColumn.NONE ? 0 : pods.of(row));
  }

  /** What is counted on all nodes that have the label. */
  long sum() {
    return counts.sum();
  }

  long presence(int row) {
    return counts.presence(row);
  }

  long feature(int row) {
    return counts.feature(row);
  }

  long sumOf(long feature) {
    return counts.sumOf(feature);
  }
}

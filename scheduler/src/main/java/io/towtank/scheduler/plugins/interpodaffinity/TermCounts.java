package io.towtank.scheduler.plugins.interpodaffinity;

import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.DomainCounts;
import io.towtank.scheduler.state.LabelColumn;
import io.towtank.scheduler.state.PodClass;

/** Pods that some terms are about, counted by the domains of one topology key. */
final class TermCounts {
  /** What one pod of a class counts for. */
  @FunctionalInterface
  interface Weight {
    long of(PodClass pods);
  }

  private final ClusterState state;
  private final LabelColumn column;
  private final Weight weight;
  private DomainCounts counts;
  private long sum;
  private long[] partOfRow = new long[0];

  TermCounts(ClusterState state, String topologyKey, Weight weight) {
    this.state = state;
    this.column = state.labels(topologyKey);
    this.weight = weight;
    this.counts = new DomainCounts(column, 0);
  }

  void clear() {
    counts = new DomainCounts(column, state.rows());
    partOfRow = new long[state.rows()];
    sum = 0;
  }

  boolean outdated() {
    return counts.outdated();
  }

  void rowChanged(int row) {
    long part = 0;
    if (column.value(row) != LabelColumn.NONE) {
      int[] classes = state.classes(row);
      for (int i = 0; i < classes.length && classes[i + 1] != 0; i += 2) {
        part += weight.of(state.podClass(classes[i])) * classes[i + 1];
      }
    }
    if (row >= partOfRow.length) {
      partOfRow = java.util.Arrays.copyOf(partOfRow, Math.max(row + 1, partOfRow.length * 2));
    }
    sum += part - partOfRow[row];
    partOfRow[row] = part;
    counts.set(row, true, part);
  }

  /** What is counted on all nodes that have the label. */
  long sum() {
    return sum;
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

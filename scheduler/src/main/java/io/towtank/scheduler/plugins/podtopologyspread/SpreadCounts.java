package io.towtank.scheduler.plugins.podtopologyspread;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodCounts;
import io.towtank.scheduler.state.PodSelector;
import java.util.function.IntConsumer;

/** How many pods count for each of some constraints, by row; what counts the same is shared. */
final class SpreadCounts {
  private final PodCounts[] byConstraint;

  SpreadCounts(ClusterState state, ImmutableList<SpreadConstraint> constraints) {
    this.byConstraint = new PodCounts[constraints.size()];
    for (int i = 0; i < byConstraint.length; i++) {
      byConstraint[i] = counting(state, constraints, i);
    }
  }

  /** The counts for a constraint; those of an earlier one that counts the same pods. */
  private PodCounts counting(
      ClusterState state, ImmutableList<SpreadConstraint> constraints, int index) {
    PodSelector selector = constraints.get(index).selector();
    for (int i = 0; i < index; i++) {
      if (constraints.get(i).selector().equals(selector)) {
        return byConstraint[i];
      }
    }
    // An empty selector counts nobody, though it matches the pod itself (kube-scheduler:
    // countPodsMatchSelector).
    return PodCounts.selectedBy(state, selector.isEmpty() ? PodSelector.NOTHING : selector);
  }

  void catchUp() {
    for (PodCounts counts : byConstraint) {
      counts.catchUp(false);
    }
  }

  /** How many pods of a row count for a constraint. */
  long of(int constraint, int row) {
    return byConstraint[constraint].of(row);
  }

  /** Tells the rows with pods that count, some more than once. */
  void rows(IntConsumer consumer) {
    for (int i = 0; i < byConstraint.length; i++) {
      if (i == 0 || byConstraint[i] != byConstraint[i - 1]) {
        byConstraint[i].rows(consumer);
      }
    }
  }
}

package io.towtank.scenarios.explain;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.explain.Decision;
import java.util.Comparator;
import java.util.Map;

/** Feasible nodes, the best first; of equal ones the chosen. */
final class Ranking {
  private Ranking() {}

  static ImmutableList<Map.Entry<String, Decision.NodeScore>> of(Decision decision) {
    return decision.scores().entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Decision.NodeScore>>comparingLong(
                    node -> -node.getValue().total())
                .thenComparingInt(node -> node.getKey().equals(decision.bound()) ? 0 : 1))
        .collect(ImmutableList.toImmutableList());
  }
}

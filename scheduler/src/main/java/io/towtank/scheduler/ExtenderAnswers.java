package io.towtank.scheduler;

import com.google.common.collect.ImmutableMap;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.framework.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What extenders said in one attempt of the nodes that the plugins left. */
final class ExtenderAnswers {
  // By row.
  private final Map<Integer, Status> rejected = new TreeMap<>();
  // By row and extender.
  private final Map<Integer, Map<String, Decision.PluginScore>> scores = new TreeMap<>();

  /** Whether no extender had anything to say. */
  boolean isEmpty() {
    return rejected.isEmpty() && scores.isEmpty();
  }

  /** Takes in that an extender left some of the rows out. */
  void filtered(Extender extender, List<Integer> rows, RowNames names, Extender.Filtered filtered) {
    for (int row : rows) {
      String name = names.of(row);
      if (!filtered.nodes().contains(name)) {
        Status why = filtered.rejected().get(name);
        rejected.put(
            row,
            why == null
                ? Status.unschedulable("left out without a reason").by(extender.name())
                : why);
      }
    }
  }

  /** Names of rows. */
  @FunctionalInterface
  interface RowNames {
    String of(int row);
  }

  /** Takes in an extender's score of a row. */
  void scored(Extender extender, int row, Decision.PluginScore score) {
    scores.computeIfAbsent(row, r -> new LinkedHashMap<>()).put(extender.name(), score);
  }

  /** The rows that an extender turned down, and how. */
  Map<Integer, Status> rejected() {
    return rejected;
  }

  /** What each extender gave a row. */
  Map<String, Decision.PluginScore> scores(int row) {
    return scores.getOrDefault(row, ImmutableMap.of());
  }

  /** What all extenders add to a row's total. */
  long added(int row) {
    return scores(row).values().stream().mapToLong(Decision.PluginScore::weighted).sum();
  }
}

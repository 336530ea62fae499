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
  private static final Status NOT_LOOKED_AT = Status.unresolvable().by(NodeRanking.PRE_FILTER);

  // By row; as the scheduler goes on with it, and as users are told.
  private final Map<Integer, Status> verdicts = new TreeMap<>();
  private final Map<Integer, Status> rejected = new TreeMap<>();
  // By row and extender.
  private final Map<Integer, Map<String, Decision.PluginScore>> scores = new TreeMap<>();

  /** Whether no extender had anything to say. */
  boolean isEmpty() {
    return rejected.isEmpty() && scores.isEmpty();
  }

  /**
   * Takes in what an extender says of rows. Of one that it leaves out without a word nothing is
   * known but that preemption is no help (kube-scheduler: NodeToStatus has no entry).
   *
   * @param rows those that it was asked about
   */
  void filtered(Extender extender, List<Integer> rows, Rows nodes, Extender.Filtered filtered) {
    for (int row : rows) {
      if (!filtered.nodes().contains(nodes.name(row))) {
        verdicts.put(row, Status.unresolvable().by(extender.name()));
        rejected.put(row, Status.unresolvable("left out without a reason").by(extender.name()));
      }
    }
    filtered
        .rejected()
        .forEach((name, status) -> {
          int row = nodes.row(name);
          if (row >= 0) {
            verdicts.put(row, status);
            rejected.put(row, status);
          }
        });
  }

  /** Takes in that nobody asked about a row, since enough others fit. */
  void notLookedAt(int row) {
    verdicts.put(row, NOT_LOOKED_AT);
  }

  /** Nodes by row, and back. */
  interface Rows {
    String name(int row);

    /** -1 where there is none. */
    int row(String name);
  }

  /** Takes in an extender's score of a row. */
  void scored(Extender extender, int row, Decision.PluginScore score) {
    scores.computeIfAbsent(row, r -> new LinkedHashMap<>()).put(extender.name(), score);
  }

  /** The rows of which not the filters have the last word, and what it is. */
  Map<Integer, Status> verdicts() {
    return verdicts;
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

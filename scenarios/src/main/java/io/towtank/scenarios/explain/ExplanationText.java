package io.towtank.scenarios.explain;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Durations;
import io.towtank.environment.Variable;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Prints explanations as tables for people. */
public final class ExplanationText {
  private static final int SHOWN = 10;
  private static final int SHOWN_NAMES = 3;

  private final PodExplanation explanation;
  private final boolean verbose;
  private final StringBuilder text = new StringBuilder();

  private ExplanationText(PodExplanation explanation, boolean verbose) {
    this.explanation = explanation;
    this.verbose = verbose;
  }

  /**
   * The explanation.
   *
   * @param verbose whether to name every node
   */
  public static String of(PodExplanation explanation, boolean verbose) {
    return new ExplanationText(explanation, verbose).write();
  }

  /** What came of the pod in a sentence or two. */
  public static String headline(PodExplanation explanation) {
    ExplanationText text = new ExplanationText(explanation, false);
    text.headline();
    return text.text.toString();
  }

  /** What the containers were told when they started. */
  public static String environments(PodExplanation explanation) {
    StringBuilder text = new StringBuilder(explanation.pod());
    if (explanation.environments().isEmpty()) {
      return text.append(": no container has started\n").toString();
    }
    text.append('\n');
    for (StartedEnvironment environment : explanation.environments()) {
      text.append("  ").append(environment.container());
      text.append(", as it started at ").append(Durations.format(environment.startedAtNanos()));
      text.append('\n');
      for (Variable variable : environment.variables()) {
        text.append("    ").append(variable.name()).append('=').append(variable.value());
        text.append(variable.from().equals("value") ? "" : "  (" + variable.from() + ")");
        text.append('\n');
      }
      environment
          .devices()
          .forEach((resource, devices) ->
              text.append("    ")
                  .append(resource)
                  .append(": ")
                  .append(String.join(", ", devices))
                  .append('\n'));
    }
    return text.toString();
  }

  private String write() {
    headline();
    Decision decision = explanation.decision();
    if (decision == null) {
      return text.toString();
    }
    scores(decision);
    turnedDown(decision);
    ways();
    return text.toString();
  }

  private String undecided() {
    return explanation.node() != null
        ? " came with its node, " + explanation.node() + ": no scheduler chose it"
        : " waits for the scheduler \"" + explanation.scheduler() + "\", which does not run here";
  }

  private void headline() {
    text.append(explanation.pod());
    Decision decision = explanation.decision();
    if (decision == null) {
      text.append(undecided()).append('\n');
      return;
    }
    String at = Durations.format(explanation.decidedAtNanos());
    switch (decision.outcome()) {
      case SCHEDULED -> {
        text.append(explanation.node() == null ? " would now go to " : " went to ");
        text.append(decision.bound()).append(" at ").append(at);
        if (explanation.attempts() > 1) {
          text.append(", at attempt ").append(explanation.attempts());
        }
        text.append(": ").append(margin(decision));
      }
      case GATED -> text.append(" is not tried at ").append(at).append(": ").append(why(decision));
      case UNSCHEDULABLE -> {
        text.append(" fits no node at ").append(at);
        if (explanation.attempts() > 0) {
          text.append(", after attempts: ").append(explanation.attempts());
        }
        text.append("\n  ").append(decision.message());
      }
    }
    text.append('\n');
    if (decision.preemption() != null) {
      text.append("  It would fit ")
          .append(decision.preemption().node())
          .append(" without ")
          .append(String.join(", ", decision.preemption().victims()))
          .append(".\n");
    }
    int nodes = decision.scores().size() + decision.infeasible().size();
    if (decision.lookedAt() > 1 && decision.lookedAt() < nodes) {
      text.append("  The profile samples nodes: ")
          .append(decision.lookedAt())
          .append(" of ")
          .append(nodes)
          .append(" were looked at; scores below are among all.\n");
    }
  }

  private static String why(Decision decision) {
    Status status = decision.preFilter();
    return status == null ? "" : status.plugin() + ": " + status.message();
  }

  private static String margin(Decision decision) {
    List<Map.Entry<String, Decision.NodeScore>> ranking = Ranking.of(decision);
    if (ranking.size() == 1) {
      return "the only node that it fits";
    }
    if (decision.best().size() > 1) {
      return "one of " + decision.best().size() + " best nodes";
    }
    if (ranking.isEmpty() || !ranking.getFirst().getKey().equals(decision.bound())) {
      return "the best of those that were looked at";
    }
    long ahead = ranking.get(0).getValue().total() - ranking.get(1).getValue().total();
    return "ahead of " + ranking.get(1).getKey() + " by " + ahead;
  }

  private void scores(Decision decision) {
    List<Map.Entry<String, Decision.NodeScore>> ranking = Ranking.of(decision);
    if (ranking.isEmpty()) {
      return;
    }
    List<String> plugins = new ArrayList<>(ranking.getFirst().getValue().plugins().keySet());
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("FEASIBLE", "TOTAL"));
    plugins.forEach(plugin -> head.add(plugin + " x" + weight(ranking, plugin)));
    rows.add(head);
    int shown = verbose ? ranking.size() : Math.min(SHOWN, ranking.size());
    for (Map.Entry<String, Decision.NodeScore> node : ranking.subList(0, shown)) {
      List<String> row = new ArrayList<>(List.of(node.getKey(), "" + node.getValue().total()));
      for (String plugin : plugins) {
        Decision.PluginScore score = node.getValue().plugins().get(plugin);
        row.add(score == null ? "" : cell(score));
      }
      rows.add(row);
    }
    text.append('\n');
    table(rows);
    more(ranking.size() - shown, "nodes that it fits");
  }

  private static int weight(List<Map.Entry<String, Decision.NodeScore>> ranking, String plugin) {
    Decision.PluginScore score = ranking.getFirst().getValue().plugins().get(plugin);
    return score == null ? 1 : score.weight();
  }

  private static String cell(Decision.PluginScore score) {
    return score.raw() == score.normalized()
        ? "" + score.normalized()
        : score.normalized() + " (of " + score.raw() + ")";
  }

  private void turnedDown(Decision decision) {
    if (decision.infeasible().isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TURNED DOWN BY", "NODES", "BECAUSE", "NAMELY"));
    for (EqualNodes.TurnedDown group : EqualNodes.turnedDown(decision)) {
      rows.add(
          List.of(
              group.status().plugin(),
              "" + group.nodes().size(),
              group.status().message(),
              names(group.nodes())));
    }
    int shown = verbose ? rows.size() : Math.min(SHOWN + 1, rows.size());
    text.append('\n');
    table(rows.subList(0, shown));
    more(rows.size() - shown, "reasons");
  }

  private String names(List<String> nodes) {
    int shown = verbose ? nodes.size() : Math.min(SHOWN_NAMES, nodes.size());
    String names = String.join(", ", nodes.subList(0, shown));
    return shown < nodes.size() ? names + " …" : names;
  }

  private void ways() {
    ImmutableList<Way> ways = explanation.ways();
    if (ways.isEmpty()) {
      return;
    }
    text.append("\nWHAT WOULD HAVE TO CHANGE\n");
    for (Way way : ways) {
      text.append("to fit ").append(way.node()).append(":\n");
      way.changes().forEach(change -> text.append("  - ").append(change).append('\n'));
    }
  }

  private void more(int count, String what) {
    if (count > 0) {
      text.append("and ").append(count).append(" more ").append(what).append(" (-v for all)\n");
    }
  }

  private void table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(Strings.padEnd(row.get(i), widths[i] + 2, ' '));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }
}

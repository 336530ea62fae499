package io.towtank.scenarios.explain;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes of a decision, those together that fared alike: what is told of thousands of them. */
public final class EqualNodes {
  private EqualNodes() {}

  /** Nodes that a filter turned down for one reason. */
  public record TurnedDown(Status status, ImmutableList<String> nodes) {}

  /** Nodes of which all plugins think the same. */
  public record Scored(Decision.NodeScore score, ImmutableList<String> nodes) {}

  /** Who turned nodes down and why, the most frequent first. */
  public static ImmutableList<TurnedDown> turnedDown(Decision decision) {
    Map<Status, List<String>> nodes = new LinkedHashMap<>();
    decision
        .infeasible()
        .forEach((node, status) -> nodes.computeIfAbsent(status, s -> new ArrayList<>()).add(node));
    return nodes.entrySet().stream()
        .map(entry -> new TurnedDown(entry.getKey(), ImmutableList.copyOf(entry.getValue())))
        .sorted(Comparator.comparingInt(group -> -group.nodes().size()))
        .collect(ImmutableList.toImmutableList());
  }

  /** The feasible nodes, the best first; of equally good ones the chosen is named first. */
  public static ImmutableList<Scored> scored(Decision decision) {
    Map<Decision.NodeScore, List<String>> nodes = new LinkedHashMap<>();
    for (Map.Entry<String, Decision.NodeScore> node : Ranking.of(decision)) {
      nodes.computeIfAbsent(node.getValue(), s -> new ArrayList<>()).add(node.getKey());
    }
    return nodes.entrySet().stream()
        .map(entry -> new Scored(entry.getKey(), ImmutableList.copyOf(entry.getValue())))
        .collect(ImmutableList.toImmutableList());
  }
}

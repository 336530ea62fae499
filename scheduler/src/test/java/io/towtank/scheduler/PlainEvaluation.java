package io.towtank.scheduler;

import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Asks every plugin about every node, one after another, and remembers nothing. */
final class PlainEvaluation {
  final Map<String, Status> infeasible = new TreeMap<>();
  final Map<String, Map<String, Long>> scores = new TreeMap<>();

  /** As scores, before normalisation. */
  final Map<String, Map<String, Long>> rawScores = new TreeMap<>();

  @Nullable Status rejection;
  @Nullable String best;
  final List<String> ties = new ArrayList<>();

  private final ClusterState state;
  private final PodInfo pod;
  private final List<Integer> feasible = new ArrayList<>();

  PlainEvaluation(ClusterState state, Profile profile, PodInfo pod) {
    this.state = state;
    this.pod = pod;
    for (Plugin plugin : profile.filters()) {
      if (rejection == null && !filter(plugin)) {
        return;
      }
    }
    for (int row = 0; row < state.rows(); row++) {
      if (state.isNode(row) && !infeasible.containsKey(state.name(row))) {
        feasible.add(row);
        scores.put(state.name(row), new TreeMap<>());
        rawScores.put(state.name(row), new TreeMap<>());
      }
    }
    profile.scores().forEach(score -> score(score.plugin(), score.weight()));
    long highest = Long.MIN_VALUE;
    for (int row : feasible) {
      long total = scoresOf(row).values().stream().mapToLong(v -> v).sum();
      if (total > highest) {
        highest = total;
        best = state.name(row);
        ties.clear();
      }
      if (total == highest) {
        ties.add(state.name(row));
      }
    }
  }

  private Map<String, Long> scoresOf(int row) {
    return Objects.requireNonNull(scores.get(state.name(row)));
  }

  private boolean filter(Plugin plugin) {
    return switch (plugin) {
      case FilterPlugin<?> row -> filterRows(row);
      case TopologyFilterPlugin topology ->
          switch (topology.preFilter(pod)) {
            case PreFilterResult.Skip<TopologyFilter>() -> true;
            case PreFilterResult.Rejected<TopologyFilter>(Status status) ->
                rejected(status, plugin);
            case PreFilterResult.Demand<TopologyFilter>(TopologyFilter rule, var names) -> {
              rule.catchUp();
              for (int row = 0; row < state.rows(); row++) {
                if (state.isNode(row)) {
                  take(row, rule.filter(rule.cohorts().cohort(row)), plugin);
                }
              }
              yield true;
            }
          };
      default -> throw new IllegalStateException(plugin.name());
    };
  }

  private <D> boolean filterRows(FilterPlugin<D> plugin) {
    return switch (plugin.preFilter(pod)) {
      case PreFilterResult.Skip<D>() -> true;
      case PreFilterResult.Rejected<D>(Status status) -> rejected(status, plugin);
      case PreFilterResult.Demand<D>(D demand, var names) -> {
        for (int row = 0; row < state.rows(); row++) {
          if (state.isNode(row)) {
            take(row, plugin.filter(demand, state.nodeInfo(row)), plugin);
          }
        }
        yield true;
      }
    };
  }

  private boolean rejected(Status status, Plugin plugin) {
    rejection = status.by(plugin.name());
    return false;
  }

  private void take(int row, Status status, Plugin plugin) {
    if (!status.isSuccess()) {
      infeasible.putIfAbsent(state.name(row), status.by(plugin.name()));
    }
  }

  private void score(Plugin plugin, int weight) {
    long[] raw = new long[feasible.size()];
    boolean scored =
        switch (plugin) {
          case ScorePlugin<?> row -> scoreRows(row, raw);
          case TopologyScorePlugin topology ->
              scoreCohorts(plugin.name(), topology.preScore(pod), raw);
          default -> throw new IllegalStateException(plugin.name());
        };
    for (int i = 0; i < raw.length && scored; i++) {
      scoresOf(feasible.get(i)).put(plugin.name(), raw[i] * weight);
    }
  }

  private void keepRaw(String plugin, long[] raw) {
    for (int i = 0; i < raw.length; i++) {
      Objects.requireNonNull(rawScores.get(state.name(feasible.get(i)))).put(plugin, raw[i]);
    }
  }

  private <S> boolean scoreRows(ScorePlugin<S> plugin, long[] raw) {
    S demand = plugin.preScore(pod);
    if (demand == null) {
      return false;
    }
    for (int i = 0; i < raw.length; i++) {
      raw[i] = plugin.score(demand, state.nodeInfo(feasible.get(i)));
    }
    keepRaw(plugin.name(), raw);
    plugin.normalizer().normalize(raw, raw.length);
    return true;
  }

  private boolean scoreCohorts(String plugin, @Nullable TopologyScore rule, long[] raw) {
    if (rule == null) {
      return false;
    }
    rule.catchUp();
    rule.preScore(
        new TopologyScore.FeasibleNodes() {
          @Override
          public int count() {
            return feasible.size();
          }

          @Override
          public int groups() {
            return feasible.size();
          }

          @Override
          public int cohort(int group) {
            return rule.cohorts().cohort(feasible.get(group));
          }

          @Override
          public int size(int group) {
            return 1;
          }
        });
    for (int i = 0; i < raw.length; i++) {
      raw[i] = rule.score(rule.cohorts().cohort(feasible.get(i)));
    }
    keepRaw(plugin, raw);
    rule.normalize(raw, raw.length);
    return true;
  }
}

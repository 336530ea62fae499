package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.towtank.api.Pod;
import io.towtank.scheduler.framework.Code;
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
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Asks every plugin about every node, one after another, and remembers nothing. Where pods of equal
 * or more importance are nominated for a node, its filters are asked with them, too.
 */
final class PlainEvaluation {
  final Map<String, Status> infeasible = new TreeMap<>();
  final Map<String, Map<String, Long>> scores = new TreeMap<>();

  /** As scores, before normalisation. */
  final Map<String, Map<String, Long>> rawScores = new TreeMap<>();

  @Nullable Status rejection;
  @Nullable String best;
  final List<String> ties = new ArrayList<>();

  private final ClusterState state;
  private final Profile profile;
  private final PodInfo pod;
  private final List<Integer> feasible = new ArrayList<>();
  private @Nullable ImmutableSet<String> nodeNames;
  private final TreeSet<String> restrictedBy = new TreeSet<>();

  PlainEvaluation(ClusterState state, Profile profile, PodInfo pod, ImmutableList<Pod> nominated) {
    this.state = state;
    this.profile = profile;
    this.pod = pod;
    if (!filter()) {
      return;
    }
    for (int row = 0; row < state.rows(); row++) {
      Status status = state.isNode(row) ? withNominated(row, nominated) : null;
      if (status != null) {
        infeasible.put(state.name(row), status);
      }
    }
    leaveOut();
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

  private boolean filter() {
    for (Plugin plugin : profile.filters()) {
      if (!filter(plugin)) {
        return false;
      }
    }
    return true;
  }

  /** Nodes that a PreFilter left out; nobody else is asked about them. */
  private void leaveOut() {
    for (int row = 0; row < state.rows() && nodeNames != null; row++) {
      if (state.isNode(row) && !nodeNames.contains(state.name(row))) {
        infeasible.put(
            state.name(row),
            new Status(
                Code.UNSCHEDULABLE_AND_UNRESOLVABLE,
                "PreFilter",
                ImmutableList.of("node(s) didn't satisfy plugin(s) " + restrictedBy)));
      }
    }
  }

  /** What a row's filters say with the pods that are nominated for it; null where nothing. */
  private @Nullable Status withNominated(int row, ImmutableList<Pod> nominated) {
    List<NodePod> added = new ArrayList<>();
    for (Pod other : nominated) {
      if (state.name(row).equals(other.status().nominatedNodeName())
          && state.info(other).priority() >= pod.priority()) {
        added.add(state.assume(other, state.info(other), row));
      }
    }
    if (added.isEmpty()) {
      return null;
    }
    PlainEvaluation with = new PlainEvaluation(state, profile, pod);
    added.forEach(state::remove);
    return with.infeasible.get(state.name(row));
  }

  /** Only the filters. */
  private PlainEvaluation(ClusterState state, Profile profile, PodInfo pod) {
    this.state = state;
    this.profile = profile;
    this.pod = pod;
    filter();
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
              restrict(plugin, names);
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
        restrict(plugin, names);
        for (int row = 0; row < state.rows(); row++) {
          if (state.isNode(row)) {
            take(row, plugin.filter(demand, state.nodeInfo(row)), plugin);
          }
        }
        yield true;
      }
    };
  }

  private void restrict(Plugin plugin, @Nullable ImmutableSet<String> names) {
    if (names != null) {
      nodeNames = nodeNames == null ? names : Sets.intersection(nodeNames, names).immutableCopy();
      restrictedBy.add(plugin.name());
    }
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

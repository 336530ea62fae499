package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PluginFailure;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ScoreNormalizer;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyRule;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.NodeClasses;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the plugins of a profile want to know of the pods of one template: the results of {@code
 * preFilter} and {@code preScore}, ordered by what they look at.
 */
final class PodDemands {
  /** A filter that is asked about nodes. */
  record NodeFilter<D>(FilterPlugin<D> plugin, D demand, int order) {
    Status filter(NodeInfo node) {
      return plugin.filter(demand, node);
    }
  }

  /** A filter that is asked about cohorts. */
  record CohortFilter(
      Plugin plugin, TopologyFilter rule, CohortColumn cohorts, int order, int feature) {}

  /** A score of nodes that is in range as it is. */
  record NodeScore<S>(ScorePlugin<S> plugin, S demand, int weight) {
    long raw(NodeInfo node) {
      long raw = plugin.score(demand, node);
      if (raw < 0 || raw > ScorePlugin.MAX_NODE_SCORE) {
        throw new PluginFailure(
            plugin.name(),
            "gave node %s the score %d; scores are from 0 to %d, or a normalizer() brings them there"
                .formatted(node.name(), raw, ScorePlugin.MAX_NODE_SCORE));
      }
      return raw;
    }

    long score(NodeInfo node) {
      return raw(node) * weight;
    }
  }

  /** A score of nodes that is normalised. */
  record NormalizedScore<S>(ScorePlugin<S> plugin, S demand, int weight, int feature) {
    long raw(NodeInfo node) {
      return plugin.score(demand, node);
    }
  }

  /** A score of cohorts. */
  record CohortScore(
      Plugin plugin, TopologyScore rule, CohortColumn cohorts, int weight, int feature) {}

  /** Plugins that look at the same of a node. */
  static final class Part {
    final List<NodeFilter<?>> filters = new ArrayList<>(4);
    final List<NodeScore<?>> scores = new ArrayList<>(2);
    final List<NormalizedScore<?>> normalized = new ArrayList<>(2);

    boolean isEmpty() {
      return filters.isEmpty() && scores.isEmpty() && normalized.isEmpty();
    }

    /** The sum of the scores that need no normalisation. */
    int score(NodeInfo node) {
      long score = 0;
      for (int i = 0; i < scores.size(); i++) {
        score += scores.get(i).score(node);
      }
      return (int) score;
    }

    /** All that the plugins want to know of the pod: where this is equal, answers are. */
    ImmutableList<Object> demands() {
      ImmutableList.Builder<Object> demands = ImmutableList.builder();
      for (int i = 0; i < filters.size(); i++) {
        demands.add(filters.get(i).plugin().name(), filters.get(i).demand());
      }
      for (int i = 0; i < scores.size(); i++) {
        demands.add(scores.get(i).plugin().name(), scores.get(i).demand());
      }
      for (int i = 0; i < normalized.size(); i++) {
        demands.add(normalized.get(i).plugin().name(), normalized.get(i).demand());
      }
      return demands.build();
    }
  }

  private final ClusterState state;
  private final Profile profile;
  private final PodInfo pod;

  /** What looks at a node's kind alone. */
  final Part byKind = new Part();

  /** What looks at labels alone. */
  final Part byLabels = new Part();

  /** What may look at anything. */
  final Part byNode = new Part();

  final List<CohortFilter> cohortFilters = new ArrayList<>(2);
  final List<NormalizedScore<?>> normalizedScores = new ArrayList<>(2);
  final List<CohortScore> cohortScores = new ArrayList<>(4);
  final List<TopologyRule> rules = new ArrayList<>(4);
  private final Set<String> labels = new LinkedHashSet<>();
  private final Set<String> restrictedBy = new LinkedHashSet<>();
  private @Nullable ImmutableSet<String> nodeNames;
  private @Nullable Status rejection;
  private int features = 1;

  PodDemands(ClusterState state, Profile profile, PodInfo pod) {
    this.state = state;
    this.profile = profile;
    this.pod = pod;
    addFilters();
    addScores();
  }

  /** Why the pod fits no node whatever the nodes are; null where it is up to them. */
  @Nullable Status rejection() {
    return rejection;
  }

  /** The only nodes that come into question; null for all. */
  @Nullable ImmutableSet<String> nodeNames() {
    return nodeNames;
  }

  /** The plugins that said so. */
  Set<String> restrictedBy() {
    return restrictedBy;
  }

  /** How many features tell groups apart; the first is a status, the others are cohorts. */
  int features() {
    return features;
  }

  /**
   * What tells nodes apart for such pods, besides their kind.
   *
   * @param eachNode whether each node is to be judged by itself
   */
  ImmutableList<NodeClasses.Column> columns(boolean eachNode) {
    ImmutableList.Builder<NodeClasses.Column> columns = ImmutableList.builder();
    if (eachNode || nodeNames != null || !byNode.isEmpty()) {
      columns.add(state.eachRow());
    }
    for (String label : labels) {
      columns.add(state.labels(label));
    }
    for (int i = 0; i < rules.size(); i++) {
      columns.add(rules.get(i).cohorts());
    }
    return columns.build();
  }

  /** kube-scheduler: RunPreFilterPlugins, and the filters that it left. */
  private void addFilters() {
    Map<String, PreFilterResult<?>> results = new HashMap<>();
    for (Plugin plugin : profile.preFilters()) {
      PreFilterResult<?> result =
          switch (plugin) {
            case FilterPlugin<?> filter -> filter.preFilter(pod);
            case TopologyFilterPlugin filter -> filter.preFilter(pod);
            default -> throw noFilter(plugin);
          };
      results.put(plugin.name(), result);
      switch (result) {
        case PreFilterResult.Skip<?>() -> {}
        case PreFilterResult.Rejected<?>(Status status) -> rejection = status.by(plugin.name());
        case PreFilterResult.Demand<?>(var demand, var names) -> restrict(plugin, names);
      }
      // Another plugin may still say that nothing helps such a pod.
      if (rejection != null && rejection.code() != Code.UNSCHEDULABLE) {
        break;
      }
    }
    for (int order = 0; order < profile.filters().size(); order++) {
      Plugin plugin = profile.filters().get(order);
      PreFilterResult<?> result = results.get(plugin.name());
      if (rejection != null && !(result instanceof PreFilterResult.Demand)) {
        continue;
      }
      switch (plugin) {
        case FilterPlugin<?> filter -> addFilter(filter, result, order);
        case TopologyFilterPlugin filter ->
            addFilter(filter, Objects.requireNonNull(result), order);
        default -> throw noFilter(plugin);
      }
    }
  }

  private static IllegalArgumentException noFilter(Plugin plugin) {
    return new IllegalArgumentException("plugin " + plugin.name() + " is no filter");
  }

  /**
   * @param prepared what its PreFilter said; null where it is off there
   */
  @SuppressWarnings("unchecked") // What a plugin's preFilter returns is for its filter.
  private <D> void addFilter(
      FilterPlugin<D> plugin, @Nullable PreFilterResult<?> prepared, int order) {
    PreFilterResult<D> result =
        prepared == null ? plugin.filterAlone(pod) : (PreFilterResult<D>) prepared;
    switch (result) {
      case PreFilterResult.Skip<D>() -> {}
      case PreFilterResult.Rejected<D>(Status status) ->
          byKind.filters.add(new NodeFilter<>(new SameForAll(plugin.name()), status, order));
      case PreFilterResult.Demand<D>(D demand, var names) ->
          part(plugin).filters.add(new NodeFilter<>(plugin, demand, order));
    }
  }

  private void addFilter(Plugin plugin, PreFilterResult<?> result, int order) {
    if (result instanceof PreFilterResult.Demand<?>(TopologyFilter rule, var names)) {
      rules.add(rule);
      cohortFilters.add(new CohortFilter(plugin, rule, rule.cohorts(), order, features++));
    }
  }

  /** Where a plugin is off at PreFilter: its filter turns every node down for the same reason. */
  private record SameForAll(String name) implements FilterPlugin<Status> {
    @Override
    public boolean looksAtNodeKindOnly() {
      return true;
    }

    @Override
    public PreFilterResult<Status> preFilter(PodInfo pod) {
      return PreFilterResult.skip();
    }

    @Override
    public Status filter(Status status, NodeInfo node) {
      return status;
    }
  }

  private void restrict(Plugin plugin, @Nullable ImmutableSet<String> names) {
    if (names == null) {
      return;
    }
    restrictedBy.add(plugin.name());
    ImmutableSet<String> before = nodeNames;
    nodeNames =
        before == null
            ? names
            : names.stream().filter(before::contains).collect(ImmutableSet.toImmutableSet());
  }

  private void addScores() {
    for (int i = 0; i < profile.scores().size(); i++) {
      int weight = profile.scores().get(i).weight();
      switch (profile.scores().get(i).plugin()) {
        case ScorePlugin<?> plugin ->
            addScore(plugin, weight, profile.preScores().contains(plugin));
        case TopologyScorePlugin plugin -> {
          TopologyScore rule = plugin.preScore(pod);
          if (rule != null) {
            rules.add(rule);
            cohortScores.add(new CohortScore(plugin, rule, rule.cohorts(), weight, features++));
          }
        }
        case Plugin plugin ->
            throw new IllegalArgumentException("plugin " + plugin.name() + " does not score");
      }
    }
  }

  private <S> void addScore(ScorePlugin<S> plugin, int weight, boolean prepared) {
    S demand = prepared ? plugin.preScore(pod) : plugin.scoreAlone(pod);
    if (demand == null) {
      return;
    }
    Part part = part(plugin);
    if (plugin.normalizer().equals(ScoreNormalizer.NONE)) {
      part.scores.add(new NodeScore<>(plugin, demand, weight));
    } else {
      NormalizedScore<S> score = new NormalizedScore<>(plugin, demand, weight, features++);
      part.normalized.add(score);
      normalizedScores.add(score);
    }
  }

  private Part part(Plugin plugin) {
    if (plugin.looksAtNodeKindOnly() && !plugin.isVolatile()) {
      return byKind;
    }
    ImmutableSet<String> looksAt = plugin.isVolatile() ? null : plugin.looksAtLabelsOnly(pod);
    if (looksAt == null) {
      return byNode;
    }
    labels.addAll(looksAt);
    return byLabels;
  }
}

package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeClasses;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.TemplateClasses;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the plugins of a profile say of every node for the pods of one template, kept up to date.
 *
 * <p>It rests on what plugins declare. Nodes that no plugin can tell apart are of one class ({@link
 * TemplateClasses}, which templates share), and one of a class is judged for all. What depends on
 * other nodes too, a topology rule or a normalised score, is the same for all nodes of one cohort.
 * Classes that are alike in all cohorts, and in the filter that turned them down if any did, form a
 * group: few groups, more classes, many nodes. For each pod the classes that changed are judged
 * again and moved between groups ({@link NodeGroups}), then the groups are judged ({@link
 * GroupScores}); within a group the best class is the one with the highest sum of scores that need
 * no normalisation, and a heap has it on top ({@link BestNodes} takes it). So the cost of a pod is
 * that of the classes that changed and of the groups, not of the nodes; the cost of a new template
 * is that of the classes. What plugins say of a node's kind or of its labels alone is asked once
 * for each kind, or for each combination of labels and cohorts.
 *
 * <p>There is no other implementation of a rule: explanations come from the same numbers ({@link
 * #scores}), and a test holds this class against asking every plugin about every node.
 */
final class NodeRanking {
  /** Stands for a plugin's name in the status of nodes that plugins left out beforehand. */
  static final String PRE_FILTER = "PreFilter";

  private static final Status NOT_A_NODE = Status.error("not a node");

  private final ClusterState state;
  private final Profile profile;
  private final PodInfo pod;
  private final boolean shared;
  private final KindVerdicts.Known knownKinds;
  private final RankingMemory.Use use;
  // Nodes that count as turned down for the time being, by row.
  private final Map<Integer, Status> excluded = new TreeMap<>();
  private SchedulingCycle.Result.@Nullable NoFit noFit;
  private boolean isNew = true;
  private boolean eachNode;
  private long generation;
  private long stateReadUpTo = -1;

  // Made anew when what the plugins want to know of such pods changes.
  private PodDemands demands;
  private NodeGroups groups;
  private GroupScores scores;
  private BestNodes best;

  /**
   * A ranking of which nothing is known yet.
   *
   * @param lent memory that other rankings may use too, at other times
   */
  NodeRanking(
      ClusterState state,
      Profile profile,
      PodInfo pod,
      RankingMemory lent,
      KindVerdicts.Known knownKinds) {
    this(state, profile, pod, lent, knownKinds, true);
  }

  private NodeRanking(
      ClusterState state,
      Profile profile,
      PodInfo pod,
      RankingMemory lent,
      KindVerdicts.Known knownKinds,
      boolean shared) {
    this.state = state;
    this.profile = profile;
    this.pod = pod;
    this.use = new RankingMemory.Use(lent);
    this.knownKinds = knownKinds;
    this.shared = shared;
    this.generation = profile.generation(pod);
    this.demands = new PodDemands(state, profile, pod);
    this.groups = makeGroups();
    this.scores = new GroupScores(demands, groups);
    this.best = new BestNodes(state, groups, scores);
  }

  private NodeGroups makeGroups() {
    return new NodeGroups(
        state,
        demands,
        knownKinds.of(state, profile, demands.byKind),
        classes(),
        profile.isVolatile(),
        use,
        excluded);
  }

  private TemplateClasses classes() {
    ImmutableList<NodeClasses.Column> columns = demands.columns(eachNode);
    return shared ? state.templateClasses(columns) : TemplateClasses.unshared(state, columns);
  }

  private void compile() {
    generation = profile.generation(pod);
    demands = new PodDemands(state, profile, pod);
    groups = makeGroups();
    scores = new GroupScores(demands, groups);
    best = new BestNodes(state, groups, scores);
    noFit = null;
  }

  /** Takes in what the plugins want to know of such pods now, and nothing of the nodes. */
  void renew() {
    // Who makes a ranking asks it at once.
    if (!isNew && generation != profile.generation(pod)) {
      compile();
    }
    isNew = false;
  }

  /** Takes in all that changed in the cluster since last time. */
  void catchUp() {
    renew();
    if (demands.rejection() != null) {
      return;
    }
    if (groups.catchUp()) {
      changed();
    }
    stateReadUpTo = state.changes().end();
  }

  /**
   * Where this ranking differs from one that is made anew, null where it does not. It looks at what
   * is remembered for rows that have not changed since; nothing is brought up to date.
   */
  @Nullable String firstDifference() {
    if (demands.rejection() != null
        || stateReadUpTo != state.changes().end()
        || generation != profile.generation(pod)
        || !use.isMine()
        || !groups.isCurrent()
        || !scores.isSettled()) {
      return null;
    }
    NodeRanking anew =
        new NodeRanking(state, profile, pod, new RankingMemory(), new KindVerdicts.Known(), false);
    anew.catchUp();
    anew.scores.settle();
    for (int row = 0; row < state.rows(); row++) {
      if (!state.isNode(row)) {
        continue;
      }
      Status mine = verdict(row);
      Status its = anew.verdict(row);
      if (!mine.equals(its)) {
        return state.name(row) + ": verdict " + mine + ", made anew " + its;
      }
      if (mine.isSuccess() && best.total(row) != anew.best.total(row)) {
        return state.name(row)
            + ": score "
            + best.total(row)
            + ", made anew "
            + anew.best.total(row);
      }
    }
    return null;
  }

  // What is asked

  /** Why the pod fits no node whatever the nodes are; null where it is up to them. */
  @Nullable Status rejection() {
    return demands.rejection();
  }

  /** The only nodes that come into question, null for all. */
  @Nullable ImmutableSet<String> nodeNames() {
    return demands.nodeNames();
  }

  /** The plugins that say so; empty where all nodes come into question. */
  Set<String> restrictedBy() {
    return demands.restrictedBy();
  }

  /** The filters that have something to check for such pods, in the profile's order. */
  ImmutableList<String> filters() {
    TreeMap<Integer, String> names = new TreeMap<>();
    for (PodDemands.Part part :
        ImmutableList.of(demands.byKind, demands.byLabels, demands.byNode)) {
      part.filters.forEach(filter -> names.put(filter.order(), filter.plugin().name()));
    }
    demands.cohortFilters.forEach(filter -> names.put(filter.order(), filter.plugin().name()));
    return ImmutableList.copyOf(names.values());
  }

  /** What the filters say of a row, after {@link #catchUp}. */
  Status verdict(int row) {
    int group = groups.groupOf(row);
    if (group < 0) {
      return state.isNode(row) && demands.nodeNames() != null ? excludedStatus() : NOT_A_NODE;
    }
    return scores.verdict(group);
  }

  private Status excludedStatus() {
    return new Status(
        Code.UNSCHEDULABLE_AND_UNRESOLVABLE,
        PRE_FILTER,
        ImmutableList.of("node(s) didn't satisfy plugin(s) " + demands.restrictedBy()));
  }

  /** Has a row count as turned down until {@link #release}. */
  void exclude(int row, Status status) {
    if (!eachNode) {
      // From now on each node is judged by itself: such pods meet nominated ones again and again.
      eachNode = true;
      groups.regroup(classes());
      catchUp();
    }
    excluded.put(row, status);
    judgeAgain(row);
  }

  /** Undoes {@link #exclude}. */
  void release(int row) {
    if (excluded.remove(row) != null) {
      judgeAgain(row);
    }
  }

  private void judgeAgain(int row) {
    groups.judge(groups.classes().classOf(row));
    changed();
  }

  private void changed() {
    scores.unsettle();
    noFit = null;
  }

  /** What was remembered since anything last changed: why such pods fit no node. */
  SchedulingCycle.Result.@Nullable NoFit noFit() {
    return noFit;
  }

  /** Remembers why such pods fit no node until anything changes. */
  void remember(SchedulingCycle.Result.NoFit result) {
    noFit = result;
  }

  /** The best node's row, of several the first; -1 where none is feasible. */
  int best() {
    scores.settle();
    return best.first();
  }

  /**
   * One of the best nodes' rows, each as likely; -1 where none is feasible. Which one depends on
   * the numbers drawn and on which nodes tie, not on what is remembered.
   */
  int best(RandomGenerator random) {
    scores.settle();
    return best.any(random);
  }

  /** The score of a feasible node among all that are feasible. */
  long total(int row) {
    scores.settle();
    return best.total(row);
  }

  /** The rows of all best nodes, in order: for explanations, since there may be many. */
  int[] ties() {
    scores.settle();
    return best.all();
  }

  /**
   * As {@link #best()} where only some feasible nodes are looked at: scores are normalised among
   * them.
   *
   * @param rows rows of feasible nodes, in the order in which they were found
   * @param count how many of them
   */
  int bestOf(int[] rows, int count, @Nullable RandomGenerator random) {
    return bestOf(rows, count, new long[count], random);
  }

  /**
   * As {@link #bestOf(int[], int, RandomGenerator)}, with something added to each score.
   *
   * @param added by the place in {@code rows}
   */
  int bestOf(int[] rows, int count, long[] added, @Nullable RandomGenerator random) {
    int[] nodes = new int[groups.count()];
    for (int i = 0; i < count; i++) {
      nodes[groups.groupOf(rows[i])]++;
    }
    scores.settleFor(nodes);
    int found = -1;
    int ties = 0;
    long bestScore = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long score = best.total(rows[i]) + added[i];
      if (score > bestScore) {
        found = rows[i];
        bestScore = score;
        ties = 1;
      } else if (score == bestScore && random != null && random.nextInt(++ties) == 0) {
        found = rows[i];
      }
    }
    return found;
  }

  /** What each plugin gave a feasible node, by plugin. */
  Map<String, Decision.PluginScore> scores(int row) {
    scores.settle();
    int group = groups.groupOf(row);
    int place = scores.place(group);
    Map<String, Decision.PluginScore> byPlugin = new TreeMap<>();
    NodeInfo node = state.nodeInfo(row);
    for (PodDemands.Part part :
        ImmutableList.of(demands.byKind, demands.byLabels, demands.byNode)) {
      for (PodDemands.NodeScore<?> score : part.scores) {
        long raw = score.raw(node);
        byPlugin.put(score.plugin().name(), new Decision.PluginScore(raw, raw, score.weight()));
      }
    }
    int index = 0;
    for (PodDemands.NormalizedScore<?> score : demands.normalizedScores) {
      long raw = groups.feature(group, score.feature());
      byPlugin.put(
          score.plugin().name(), pluginScore(raw, scores.weighted(index++, place), score.weight()));
    }
    for (PodDemands.CohortScore score : demands.cohortScores) {
      long raw = scores.raw(score, place);
      byPlugin.put(
          score.plugin().name(), pluginScore(raw, scores.weighted(index++, place), score.weight()));
    }
    return byPlugin;
  }

  private static Decision.PluginScore pluginScore(long raw, long weighted, int weight) {
    return new Decision.PluginScore(raw, weight == 0 ? 0 : weighted / weight, weight);
  }

  /** How many nodes were turned down with each status; in no particular order. */
  Map<Status, Integer> rejections() {
    scores.settle();
    Map<Status, Integer> counts = new LinkedHashMap<>();
    int judged = 0;
    for (int group = 0; group < groups.count(); group++) {
      int size = groups.heaps().nodes(group);
      judged += size;
      if (size > 0 && !scores.isFeasible(group)) {
        counts.merge(scores.verdict(group), size, Integer::sum);
      }
    }
    if (judged < state.nodeCount()) {
      counts.merge(excludedStatus(), state.nodeCount() - judged, Integer::sum);
    }
    return counts;
  }
}

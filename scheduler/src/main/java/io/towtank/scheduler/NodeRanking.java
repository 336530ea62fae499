package io.towtank.scheduler;

import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ScoreNormalizer;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyRule;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.state.ChangeLog;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.Cohorts;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the plugins of a profile say of every node for the pods of one template, kept up to date.
 *
 * <p>It rests on what plugins declare. A {@link FilterPlugin} or {@link ScorePlugin} looks at the
 * pod and one node, so its answer holds until the node's row changes. What depends on other nodes
 * too, a topology rule or a normalised score, is the same for all nodes of one cohort. Nodes that
 * are alike in all cohorts, and in the filter that turned them down if any did, form a group: few
 * groups, many nodes. For each pod the rows that changed are judged again and moved between groups
 * ({@link #catchUp}), then the groups are judged ({@link #settle}); within a group the best node is
 * the one with the highest sum of scores that need no normalisation, and a heap has it on top. So
 * the cost of a pod is that of the rows that changed and of the groups, not of the nodes.
 *
 * <p>There is no other implementation of a rule: explanations come from the same numbers ({@link
 * #scores}), and a test holds this class against asking every plugin about every node.
 */
final class NodeRanking {
  private static final int ALIKE_BITS = 10;
  private static final int ALIKE_SLOTS = 1 << ALIKE_BITS;
  private static final int FEW_TIES = 64;
  private static final Status NOT_A_NODE = Status.error("not a node");

  /** A filter that is asked about rows. */
  private static final class RowFilter<D> {
    private final FilterPlugin<D> plugin;
    private final D demand;
    private final int order;
    private final ByNodeKind memory;

    RowFilter(FilterPlugin<D> plugin, D demand, int order) {
      this.plugin = plugin;
      this.demand = demand;
      this.order = order;
      this.memory = new ByNodeKind(plugin.looksAtNodeKindOnly());
    }

    Status filter(NodeInfo node) {
      return plugin.filter(demand, node);
    }
  }

  /** Answers about rows of one kind, while all rows are judged. */
  private static final class ByNodeKind {
    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final long[] NOTHING = {};

    private final boolean useful;
    private long[] answers = NOTHING;

    ByNodeKind(boolean useful) {
      this.useful = useful;
    }

    void start(int kinds) {
      if (useful) {
        answers = new long[kinds];
        Arrays.fill(answers, UNKNOWN);
      }
    }

    void stop() {
      answers = NOTHING;
    }

    boolean isOn() {
      return answers.length > 0;
    }
  }

  private record CohortFilter(
      Plugin plugin, TopologyFilter rule, CohortColumn cohorts, int order, int cohortColumn) {}

  /** A score that is in range as it is. */
  private static final class RowScore<S> {
    private final ScorePlugin<S> plugin;
    private final S demand;
    private final int weight;
    private final ByNodeKind memory;

    RowScore(ScorePlugin<S> plugin, S demand, int weight) {
      this.plugin = plugin;
      this.demand = demand;
      this.weight = weight;
      this.memory = new ByNodeKind(plugin.looksAtNodeKindOnly());
    }

    long score(NodeInfo node) {
      return plugin.score(demand, node);
    }
  }

  /** A score that is normalised: the raw score is the cohort. */
  private static final class NormalizedScore<S> {
    private final ScorePlugin<S> plugin;
    private final S demand;
    private final int weight;
    private final int cohortColumn;
    private final ByNodeKind memory;
    private final Cohorts raw = new Cohorts(1);
    private final long[] last = new long[1];
    private int lastCohort = -1;

    NormalizedScore(ScorePlugin<S> plugin, S demand, int weight, int cohortColumn) {
      this.plugin = plugin;
      this.demand = demand;
      this.weight = weight;
      this.cohortColumn = cohortColumn;
      this.memory = new ByNodeKind(plugin.looksAtNodeKindOnly());
    }

    int cohort(NodeInfo node) {
      long score = plugin.score(demand, node);
      if (lastCohort < 0 || score != last[0]) {
        last[0] = score;
        lastCohort = raw.of(last);
      }
      return lastCohort;
    }
  }

  private record CohortScore(
      Plugin plugin, TopologyScore rule, CohortColumn cohorts, int weight, int cohortColumn) {}

  private final ClusterState state;
  private final Profile profile;
  private final PodInfo pod;
  private final boolean isVolatile;
  private final List<RowFilter<?>> rowFilters = new ArrayList<>();
  private final List<CohortFilter> cohortFilters = new ArrayList<>();
  private final List<RowScore<?>> rowScores = new ArrayList<>();
  private final List<NormalizedScore<?>> normalizedScores = new ArrayList<>();
  private final List<CohortScore> cohortScores = new ArrayList<>();
  private final List<TopologyRule> rules = new ArrayList<>();
  private final Set<String> restrictedBy = new LinkedHashSet<>();
  private @Nullable ImmutableSet<String> nodeNames;
  private @Nullable Status rejection;
  private long generation;

  // Statuses by number: 0 is success.
  private final List<Status> statuses = new ArrayList<>();
  // As plugins gave them, that is without their name: most are constants, known by identity.
  private final List<Status> answers = new ArrayList<>();
  private final List<Integer> statusOrders = new ArrayList<>();
  private final Map<Status, Integer> statusIds = new HashMap<>();

  private int cohortColumns = 1;
  private Cohorts groups = new Cohorts(1);
  private long[] groupKey = new long[1];
  private long[] ruleEpochs = new long[0];
  private final RowHeaps heaps;
  private long readUpTo = -1;
  private long nodeSet = -1;
  private boolean settled;

  // By group, as of the last settling.
  private int[] groupStatus = new int[16];
  private final Feasible feasible = new Feasible();
  private int[] placeOfGroup = new int[16];
  // By place among the feasible groups.
  private long[] groupScore = new long[16];
  private long[] normalized = new long[16];
  private final List<long[]> normalizedByScore = new ArrayList<>();

  private int[] ties = new int[8];
  private int[] pending = new int[64];

  NodeRanking(ClusterState state, Profile profile, PodInfo pod) {
    this.state = state;
    this.profile = profile;
    this.pod = pod;
    this.isVolatile = profile.isVolatile();
    this.heaps = new RowHeaps(Math.max(64, state.rows()));
    compile();
  }

  /** The feasible groups, as topology scores see them. */
  private final class Feasible implements TopologyScore.FeasibleNodes {
    private int[] groupNumbers = new int[16];
    private int[] sizes = new int[16];
    private int groupCount;
    private int nodes;
    private int cohortColumn;

    void clear() {
      groupCount = 0;
      nodes = 0;
    }

    void add(int group, int size) {
      if (groupCount == groupNumbers.length) {
        groupNumbers = Arrays.copyOf(groupNumbers, groupCount * 2);
        sizes = Arrays.copyOf(sizes, groupCount * 2);
      }
      groupNumbers[groupCount] = group;
      sizes[groupCount++] = size;
      nodes += size;
    }

    Feasible ofColumn(int column) {
      cohortColumn = column;
      return this;
    }

    @Override
    public int count() {
      return nodes;
    }

    @Override
    public int groups() {
      return groupCount;
    }

    @Override
    public int cohort(int group) {
      return (int) groups.feature(groupNumbers[group], cohortColumn);
    }

    @Override
    public int size(int group) {
      return sizes[group];
    }
  }

  // Compiling the pod's demands

  private void compile() {
    generation = profile.generation(pod);
    rowFilters.clear();
    cohortFilters.clear();
    rowScores.clear();
    normalizedScores.clear();
    cohortScores.clear();
    rules.clear();
    restrictedBy.clear();
    normalizedByScore.clear();
    nodeNames = null;
    rejection = null;
    statuses.clear();
    answers.clear();
    statusOrders.clear();
    statusIds.clear();
    statuses.add(Status.SUCCESS);
    answers.add(Status.SUCCESS);
    statusOrders.add(Integer.MAX_VALUE);
    cohortColumns = 1;
    compileFilters();
    compileScores();
    groupKey = new long[cohortColumns];
    ruleEpochs = new long[rules.size()];
    readUpTo = -1;
  }

  private void compileFilters() {
    for (int order = 0; order < profile.filters().size() && rejection == null; order++) {
      switch (profile.filters().get(order)) {
        case FilterPlugin<?> plugin -> compileFilter(plugin, order);
        case TopologyFilterPlugin plugin -> {
          switch (plugin.preFilter(pod)) {
            case PreFilterResult.Skip<TopologyFilter>() -> {}
            case PreFilterResult.Rejected<TopologyFilter>(Status status) ->
                rejection = status.by(plugin.name());
            case PreFilterResult.Demand<TopologyFilter>(TopologyFilter rule, var names) -> {
              restrict(plugin, names);
              rules.add(rule);
              cohortFilters.add(
                  new CohortFilter(plugin, rule, rule.cohorts(), order, cohortColumns++));
            }
          }
        }
        case Plugin plugin ->
            throw new IllegalArgumentException("plugin " + plugin.name() + " is no filter");
      }
    }
  }

  private <D> void compileFilter(FilterPlugin<D> plugin, int order) {
    switch (plugin.preFilter(pod)) {
      case PreFilterResult.Skip<D>() -> {}
      case PreFilterResult.Rejected<D>(Status status) -> rejection = status.by(plugin.name());
      case PreFilterResult.Demand<D>(D demand, var names) -> {
        restrict(plugin, names);
        rowFilters.add(new RowFilter<>(plugin, demand, order));
      }
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

  private void compileScores() {
    for (Profile.WeightedScore score : profile.scores()) {
      switch (score.plugin()) {
        case ScorePlugin<?> plugin -> compileScore(plugin, score.weight());
        case TopologyScorePlugin plugin -> {
          TopologyScore rule = plugin.preScore(pod);
          if (rule != null) {
            rules.add(rule);
            cohortScores.add(
                new CohortScore(plugin, rule, rule.cohorts(), score.weight(), cohortColumns++));
            normalizedByScore.add(new long[0]);
          }
        }
        case Plugin plugin ->
            throw new IllegalArgumentException("plugin " + plugin.name() + " does not score");
      }
    }
  }

  private <S> void compileScore(ScorePlugin<S> plugin, int weight) {
    S demand = plugin.preScore(pod);
    if (demand == null) {
      return;
    }
    if (plugin.normalizer().equals(ScoreNormalizer.NONE)) {
      rowScores.add(new RowScore<>(plugin, demand, weight));
    } else {
      normalizedScores.add(new NormalizedScore<>(plugin, demand, weight, cohortColumns++));
      normalizedByScore.add(new long[0]);
    }
  }

  // Taking in changes

  /** Takes in all that changed in the cluster since last time. */
  void catchUp() {
    if (generation != profile.generation(pod)) {
      compile();
    }
    if (rejection != null) {
      return;
    }
    ChangeLog changes = state.changes();
    boolean anew =
        readUpTo < changes.start()
            || isVolatile
            || (nodeNames != null && nodeSet != state.nodeSetGeneration())
            || groups.count() > 1024 + 4 * state.rows();
    for (int i = 0; i < rules.size(); i++) {
      long epoch = rules.get(i).catchUp();
      anew |= epoch != ruleEpochs[i];
      ruleEpochs[i] = epoch;
    }
    if (anew) {
      rebuild();
    } else if (readUpTo < changes.end()) {
      for (long position = readUpTo; position < changes.end(); position++) {
        judge(changes.row(position));
      }
      settled = false;
    }
    readUpTo = changes.end();
  }

  private void rebuild() {
    groups = new Cohorts(cohortColumns);
    heaps.ensureRows(state.rows());
    heaps.clear();
    nodeSet = state.nodeSetGeneration();
    if (nodeNames == null) {
      int kinds = state.updateNodeKinds();
      rowFilters.forEach(filter -> filter.memory.start(kinds));
      rowScores.forEach(score -> score.memory.start(kinds));
      normalizedScores.forEach(score -> score.memory.start(kinds));
      heaps.startBulk();
      judgeAll(kinds);
      rowFilters.forEach(filter -> filter.memory.stop());
      rowScores.forEach(score -> score.memory.stop());
      normalizedScores.forEach(score -> score.memory.stop());
      heaps.stopBulk();
    } else {
      for (String name : nodeNames) {
        int row = state.row(name);
        if (row >= 0) {
          judge(row);
        }
      }
    }
    settled = false;
  }

  /**
   * Judges all rows. Of rows that are of one kind and in the same cohorts only one is judged, where
   * no plugin looks at more than that.
   */
  private void judgeAll(int kinds) {
    boolean alike = true;
    long combinations = kinds;
    for (int i = 0; i < rowFilters.size(); i++) {
      alike &= rowFilters.get(i).memory.useful;
    }
    for (int i = 0; i < rowScores.size(); i++) {
      alike &= rowScores.get(i).memory.useful;
    }
    for (int i = 0; i < normalizedScores.size(); i++) {
      alike &= normalizedScores.get(i).memory.useful;
    }
    CohortColumn[] columns = new CohortColumn[rules.size()];
    long[] factors = new long[columns.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = rules.get(i).cohorts();
      factors[i] = columns[i].count();
      alike &= combinations < Long.MAX_VALUE / Math.max(1, factors[i]);
      combinations *= alike ? factors[i] : 1;
    }
    if (alike) {
      judgeAlike(columns, factors);
    } else {
      for (int row = 0; row < state.rows(); row++) {
        judge(row);
      }
    }
  }

  private void judgeAlike(CohortColumn[] columns, long[] factors) {
    long[] known = new long[ALIKE_SLOTS];
    int[] rowOf = new int[ALIKE_SLOTS];
    Arrays.fill(known, -1);
    heaps.ensureRows(state.rows());
    for (int row = 0; row < state.rows(); row++) {
      if (!state.isNode(row)) {
        continue;
      }
      long alike = state.nodeKind(row);
      for (int i = 0; i < columns.length; i++) {
        alike = alike * factors[i] + columns[i].cohort(row);
      }
      int slot = (int) ((alike * 0x9e3779b97f4a7c15L) >>> (64 - ALIKE_BITS));
      if (known[slot] == alike) {
        heaps.putLike(row, rowOf[slot]);
      } else {
        judge(row);
        known[slot] = alike;
        rowOf[slot] = row;
      }
    }
  }

  /** Asks the plugins about a row and puts it into its group. */
  private void judge(int row) {
    heaps.ensureRows(row + 1);
    if (!state.isNode(row)) {
      heaps.remove(row);
      return;
    }
    if (nodeNames != null && !nodeNames.contains(state.name(row))) {
      return;
    }
    NodeInfo node = state.nodeInfo(row);
    int status = 0;
    for (int i = 0; i < rowFilters.size() && status == 0; i++) {
      status = judge(rowFilters.get(i), node);
    }
    put(row, status, node);
  }

  private int judge(RowFilter<?> filter, NodeInfo node) {
    if (filter.memory.isOn()) {
      int kind = state.nodeKind(node.row());
      if (filter.memory.answers[kind] == ByNodeKind.UNKNOWN) {
        filter.memory.answers[kind] = judgeNow(filter, node);
      }
      return (int) filter.memory.answers[kind];
    }
    return judgeNow(filter, node);
  }

  private int judgeNow(RowFilter<?> filter, NodeInfo node) {
    Status answer = filter.filter(node);
    return answer.isSuccess() ? 0 : statusId(answer, filter.plugin, filter.order);
  }

  private long score(RowScore<?> score, NodeInfo node) {
    if (score.memory.isOn()) {
      int kind = state.nodeKind(node.row());
      if (score.memory.answers[kind] == ByNodeKind.UNKNOWN) {
        score.memory.answers[kind] = score.score(node) * score.weight;
      }
      return score.memory.answers[kind];
    }
    return score.score(node) * score.weight;
  }

  private int cohort(NormalizedScore<?> score, NodeInfo node) {
    if (score.memory.isOn()) {
      int kind = state.nodeKind(node.row());
      if (score.memory.answers[kind] == ByNodeKind.UNKNOWN) {
        score.memory.answers[kind] = score.cohort(node);
      }
      return (int) score.memory.answers[kind];
    }
    return score.cohort(node);
  }

  private void put(int row, int status, NodeInfo node) {
    groupKey[0] = status;
    int score = 0;
    if (status != 0 && !earlierCohortFilter(statusOrders.get(status))) {
      Arrays.fill(groupKey, 1, cohortColumns, 0);
    } else {
      for (int i = 0; i < cohortFilters.size(); i++) {
        CohortFilter filter = cohortFilters.get(i);
        groupKey[filter.cohortColumn()] = filter.cohorts().cohort(row);
      }
      for (int i = 0; i < normalizedScores.size(); i++) {
        NormalizedScore<?> normalizedScore = normalizedScores.get(i);
        groupKey[normalizedScore.cohortColumn] = cohort(normalizedScore, node);
      }
      for (int i = 0; i < cohortScores.size(); i++) {
        CohortScore cohortScore = cohortScores.get(i);
        groupKey[cohortScore.cohortColumn()] = cohortScore.cohorts().cohort(row);
      }
      if (status == 0) {
        for (int i = 0; i < rowScores.size(); i++) {
          score += (int) score(rowScores.get(i), node);
        }
      }
    }
    heaps.put(row, groups.of(groupKey), score);
  }

  private boolean earlierCohortFilter(int order) {
    return !cohortFilters.isEmpty() && cohortFilters.getFirst().order() < order;
  }

  @SuppressWarnings(
      "ReferenceEquality") // Plugins share their statuses: looked up by identity first.
  private int statusId(Status answer, Plugin plugin, int order) {
    for (int id = Math.min(answers.size(), 8) - 1; id > 0; id--) {
      if (answers.get(id) == answer) {
        return id;
      }
    }
    Integer known = statusIds.get(answer);
    if (known != null && statusOrders.get(known) == order) {
      return known;
    }
    Status named = answer.by(plugin.name());
    Integer same = statusIds.get(named);
    int id = same != null ? same : statuses.size();
    if (same == null) {
      statuses.add(named);
      answers.add(answer);
      statusOrders.add(order);
      statusIds.put(named, id);
    }
    statusIds.put(answer, id);
    return id;
  }

  // Judging groups

  /** Judges all groups as the cluster is now. */
  private void settle() {
    if (settled) {
      return;
    }
    int count = groups.count();
    if (count > groupStatus.length) {
      groupStatus = new int[count * 2];
      placeOfGroup = new int[count * 2];
      groupScore = new long[count * 2];
    }
    feasible.clear();
    for (int group = 0; group < count; group++) {
      int size = heaps.size(group);
      if (size > 0) {
        groupStatus[group] = judgeGroup(group);
        if (groupStatus[group] == 0) {
          placeOfGroup[group] = feasible.groupCount;
          feasible.add(group, size);
        }
      }
    }
    scoreGroups();
    settled = true;
  }

  private int judgeGroup(int group) {
    int status = (int) groups.feature(group, 0);
    int order = statusOrders.get(status);
    for (int i = 0; i < cohortFilters.size(); i++) {
      CohortFilter filter = cohortFilters.get(i);
      if (filter.order() > order) {
        break;
      }
      Status answer = filter.rule().filter((int) groups.feature(group, filter.cohortColumn()));
      if (!answer.isSuccess()) {
        return statusId(answer, filter.plugin(), filter.order());
      }
    }
    return status;
  }

  /** Works out, for each feasible group, what its cohorts add to the score of its nodes. */
  private void scoreGroups() {
    int count = feasible.groupCount;
    Arrays.fill(groupScore, 0, count, 0);
    if (normalized.length < count) {
      normalized = new long[count * 2];
    }
    int index = 0;
    for (int i = 0; i < normalizedScores.size(); i++) {
      NormalizedScore<?> score = normalizedScores.get(i);
      for (int group = 0; group < count; group++) {
        int cohort = (int) groups.feature(feasible.groupNumbers[group], score.cohortColumn);
        normalized[group] = score.raw.feature(cohort, 0);
      }
      score.plugin.normalizer().normalize(normalized, count);
      addNormalized(index++, score.weight, count);
    }
    for (int i = 0; i < cohortScores.size(); i++) {
      CohortScore score = cohortScores.get(i);
      score.rule().preScore(feasible.ofColumn(score.cohortColumn()));
      for (int group = 0; group < count; group++) {
        normalized[group] = score.rule().score(feasible.cohort(group));
      }
      score.rule().normalize(normalized, count);
      addNormalized(index++, score.weight(), count);
    }
  }

  private void addNormalized(int index, int weight, int count) {
    long[] kept = normalizedByScore.get(index);
    if (kept.length < count) {
      kept = new long[count * 2];
      normalizedByScore.set(index, kept);
    }
    for (int group = 0; group < count; group++) {
      long weighted = normalized[group] * weight;
      kept[group] = weighted;
      groupScore[group] += weighted;
    }
  }

  /**
   * Where this ranking differs from one that is made anew, null where it does not. It looks at what
   * is remembered for rows that have not changed since; nothing is brought up to date.
   */
  @Nullable String firstDifference() {
    if (rejection != null
        || readUpTo != state.changes().end()
        || generation != profile.generation(pod)
        || !settled) {
      return null;
    }
    NodeRanking anew = new NodeRanking(state, profile, pod);
    anew.catchUp();
    anew.settle();
    for (int row = 0; row < state.rows(); row++) {
      if (!state.isNode(row)) {
        continue;
      }
      Status mine = verdict(row);
      Status its = anew.verdict(row);
      if (!mine.equals(its)) {
        return state.name(row) + ": verdict " + mine + ", made anew " + its;
      }
      if (mine.isSuccess() && total(row) != anew.total(row)) {
        return state.name(row) + ": score " + total(row) + ", made anew " + anew.total(row);
      }
    }
    return null;
  }

  // What is asked

  /** Why the pod fits no node whatever the nodes are; null where it is up to them. */
  @Nullable Status rejection() {
    return rejection;
  }

  /** What the filters say of a row, after {@link #catchUp}. */
  Status verdict(int row) {
    int group = heaps.groupOf(row);
    if (group < 0) {
      return state.isNode(row) && nodeNames != null ? excludedStatus() : NOT_A_NODE;
    }
    return statuses.get(settled ? groupStatus[group] : judgeGroup(group));
  }

  private Status excludedStatus() {
    return new Status(
        Code.UNSCHEDULABLE_AND_UNRESOLVABLE,
        "PreFilter",
        com.google.common.collect.ImmutableList.of(
            "node(s) didn't satisfy plugin(s) " + restrictedBy));
  }

  /** Has a row count as turned down until {@link #release}. */
  void exclude(int row, Status status) {
    NodeInfo node = state.nodeInfo(row);
    put(row, statusId(status, namedPlugin(status), -1), node);
    settled = false;
  }

  /** Undoes {@link #exclude}. */
  void release(int row) {
    judge(row);
    settled = false;
  }

  private Plugin namedPlugin(Status status) {
    for (Plugin plugin : profile.filters()) {
      if (plugin.name().equals(status.plugin())) {
        return plugin;
      }
    }
    throw new IllegalArgumentException("no plugin of the profile said " + status);
  }

  /** How many nodes passed all filters. */
  int feasibleNodes() {
    settle();
    return feasible.nodes;
  }

  /** The best node's row, of several the first; -1 where none is feasible. */
  int best() {
    settle();
    int best = -1;
    long bestScore = Long.MIN_VALUE;
    for (int i = 0; i < feasible.groupCount; i++) {
      int row = heaps.best(feasible.groupNumbers[i]);
      long score = groupScore[i] + heaps.score(row);
      if (score > bestScore || (score == bestScore && row < best)) {
        best = row;
        bestScore = score;
      }
    }
    return best;
  }

  /**
   * One of the best nodes' rows, each as likely; -1 where none is feasible. Which one depends on
   * the numbers drawn and on which nodes tie, not on what is remembered.
   */
  int best(RandomGenerator random) {
    int first = best();
    if (first < 0) {
      return first;
    }
    long bestScore = total(first);
    int count = collectTies(bestScore, FEW_TIES);
    if (count <= FEW_TIES) {
      Arrays.sort(ties, 0, count);
      return count == 1 ? first : ties[random.nextInt(count)];
    }
    // Of so many one is soon hit by chance, which takes neither counting nor sorting them.
    while (true) {
      int row = random.nextInt(state.rows());
      if (isFeasible(row) && total(row) == bestScore) {
        return row;
      }
    }
  }

  /** The rows of all best nodes, in order: for explanations, since there may be many. */
  int[] ties() {
    int first = best();
    if (first < 0) {
      return new int[0];
    }
    int count = collectTies(total(first), Integer.MAX_VALUE);
    int[] rows = Arrays.copyOf(ties, count);
    Arrays.sort(rows);
    return rows;
  }

  /**
   * Collects in {@link #ties} rows with a score that no row exceeds; in no particular order.
   *
   * @return how many there are, or more than {@code most} where there are more, not all collected
   */
  private int collectTies(long bestScore, int most) {
    int count = 0;
    for (int i = 0; i < feasible.groupCount; i++) {
      int group = feasible.groupNumbers[i];
      int wanted = (int) (bestScore - groupScore[i]);
      heaps.order(group);
      int depth = 0;
      pending[depth++] = 0;
      while (depth > 0) {
        int index = pending[--depth];
        if (index >= heaps.size(group) || heaps.score(heaps.row(group, index)) != wanted) {
          continue;
        }
        if (count == most) {
          return count + 1;
        }
        if (count == ties.length) {
          ties = Arrays.copyOf(ties, count * 2);
        }
        ties[count++] = heaps.row(group, index);
        if (depth + 2 > pending.length) {
          pending = Arrays.copyOf(pending, depth * 2);
        }
        pending[depth++] = 2 * index + 1;
        pending[depth++] = 2 * index + 2;
      }
    }
    return count;
  }

  private boolean isFeasible(int row) {
    int group = heaps.groupOf(row);
    return group >= 0 && groupStatus[group] == 0;
  }

  private long total(int row) {
    int group = heaps.groupOf(row);
    if (group < 0 || groupStatus[group] != 0) {
      throw new IllegalArgumentException("node " + state.name(row) + " is not feasible");
    }
    return groupScore[placeOfGroup[group]] + heaps.score(row);
  }

  /**
   * As {@link #best()} where only some feasible nodes are looked at: scores are normalised among
   * them.
   *
   * @param rows rows of feasible nodes, in the order in which they were found
   * @param count how many of them
   */
  int bestOf(int[] rows, int count, @Nullable RandomGenerator random) {
    settle();
    int[] sizes = new int[groups.count()];
    for (int i = 0; i < count; i++) {
      sizes[heaps.groupOf(rows[i])]++;
    }
    feasible.clear();
    int[] place = new int[sizes.length];
    for (int group = 0; group < sizes.length; group++) {
      if (sizes[group] > 0) {
        place[group] = feasible.groupCount;
        feasible.add(group, sizes[group]);
      }
    }
    scoreGroups();
    settled = false;
    int best = -1;
    int ties = 0;
    long bestScore = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long score = groupScore[place[heaps.groupOf(rows[i])]] + heaps.score(rows[i]);
      if (score > bestScore) {
        best = rows[i];
        bestScore = score;
        ties = 1;
      } else if (score == bestScore && random != null && random.nextInt(++ties) == 0) {
        best = rows[i];
      }
    }
    return best;
  }

  /** A feasible node's weighted scores by plugin, in the profile's order. */
  Map<String, Long> scores(int row) {
    settle();
    int place = placeOfGroup[heaps.groupOf(row)];
    Map<String, Long> scores = new TreeMap<>();
    NodeInfo node = state.nodeInfo(row);
    for (RowScore<?> score : rowScores) {
      scores.put(score.plugin.name(), score.score(node) * score.weight);
    }
    int index = 0;
    for (NormalizedScore<?> score : normalizedScores) {
      scores.put(score.plugin.name(), normalizedByScore.get(index++)[place]);
    }
    for (CohortScore score : cohortScores) {
      scores.put(score.plugin().name(), normalizedByScore.get(index++)[place]);
    }
    return scores;
  }

  /** How many nodes were turned down with each status; in no particular order. */
  Map<Status, Integer> rejections() {
    settle();
    Map<Status, Integer> counts = new java.util.LinkedHashMap<>();
    int judged = 0;
    for (int group = 0; group < groups.count(); group++) {
      int size = heaps.size(group);
      judged += size;
      if (size > 0 && groupStatus[group] != 0) {
        counts.merge(statuses.get(groupStatus[group]), size, Integer::sum);
      }
    }
    if (judged < state.nodeCount()) {
      counts.merge(excludedStatus(), state.nodeCount() - judged, Integer::sum);
    }
    return counts;
  }
}

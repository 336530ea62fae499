package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.state.ChangeLog;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Cohorts;
import io.towtank.scheduler.state.NodeClasses;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the plugins of a profile say of every node for the pods of one template, kept up to date.
 *
 * <p>It rests on what plugins declare. Nodes that no plugin can tell apart are of one class ({@link
 * NodeClasses}, which templates share), and one of a class is judged for all. What depends on other
 * nodes too, a topology rule or a normalised score, is the same for all nodes of one cohort.
 * Classes that are alike in all cohorts, and in the filter that turned them down if any did, form a
 * group: few groups, more classes, many nodes. For each pod the classes that changed are judged
 * again and moved between groups ({@link #catchUp}), then the groups are judged ({@link #settle});
 * within a group the best class is the one with the highest sum of scores that need no
 * normalisation, and a heap has it on top. So the cost of a pod is that of the classes that changed
 * and of the groups, not of the nodes; the cost of a new template is that of the classes. What
 * plugins say of a node's kind or of its labels alone is asked once for each kind, or for each
 * combination of labels and cohorts.
 *
 * <p>There is no other implementation of a rule: explanations come from the same numbers ({@link
 * #scores}), and a test holds this class against asking every plugin about every node.
 */
final class NodeRanking {
  /** Stands for a plugin's name in the status of nodes that plugins left out beforehand. */
  static final String PRE_FILTER = "PreFilter";

  private static final int FEW_TIES = 64;
  private static final int SPARE_GROUPS = 1024;
  private static final Status NOT_A_NODE = Status.error("not a node");

  private final ClusterState state;
  private final Profile profile;
  private final PodInfo pod;
  private final boolean isVolatile;
  private final boolean shared;
  private final KindVerdicts.Known knownKinds;
  private RankingMemory memory;
  private boolean wasUsed;
  private PodDemands demands;
  private NodeClasses classes;
  private long generation;
  private boolean eachNode;
  // Nodes that count as turned down for the time being, by row.
  private final Map<Integer, Status> excluded = new TreeMap<>();

  // Statuses by number: 0 is success.
  private final List<Status> statuses = new ArrayList<>();
  // As plugins gave them, that is without their name: most are constants, known by identity.
  private final List<Status> answers = new ArrayList<>();
  private final List<Integer> statusOrders = new ArrayList<>();
  private final Map<Status, Integer> statusIds = new HashMap<>();

  private KindVerdicts kinds;
  // By number of a status in there, the number here; -1 where it has none yet.
  private int[] statusOfKind = new int[4];
  // What the plugins say of a combination: a status and raw scores.
  private Cohorts labelAnswers = new Cohorts(1);
  private long[] labelKey = new long[1];
  private Cohorts groups = new Cohorts(1);
  private long[] groupKey = new long[1];
  private long classesEpoch;
  private long readUpTo;
  private long stateReadUpTo = -1;
  private boolean settled;

  // By group, as of the last settling.
  private int[] groupStatus = new int[16];
  private int[] placeOfGroup = new int[16];
  private final Feasible feasible = new Feasible();
  // By place among the feasible groups.
  private long[] groupScore = new long[16];
  private long[] normalized = new long[16];
  private final List<long[]> normalizedByScore = new ArrayList<>();
  private int[] ties = new int[8];
  private int[] pending = new int[64];

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
    this.memory = lent;
    this.knownKinds = knownKinds;
    this.shared = shared;
    this.isVolatile = profile.isVolatile();
    this.generation = profile.generation(pod);
    this.demands = new PodDemands(state, profile, pod);
    this.classes = classes();
    this.kinds = knownKinds.of(state, profile, demands.byKind);
    start();
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

  private NodeClasses classes() {
    ImmutableList<NodeClasses.Column> columns = demands.columns(eachNode);
    return shared ? state.nodeClasses(columns) : new NodeClasses(state, columns, false);
  }

  private void compile() {
    generation = profile.generation(pod);
    demands = new PodDemands(state, profile, pod);
    classes = classes();
    kinds = knownKinds.of(state, profile, demands.byKind);
    start();
  }

  private void start() {
    statuses.clear();
    answers.clear();
    statusOrders.clear();
    statusIds.clear();
    statuses.add(Status.SUCCESS);
    answers.add(Status.SUCCESS);
    statusOrders.add(Integer.MAX_VALUE);
    normalizedByScore.clear();
    for (int i = demands.normalizedScores.size() + demands.cohortScores.size(); i > 0; i--) {
      normalizedByScore.add(new long[0]);
    }
    Arrays.fill(statusOfKind, -1);
    statusOfKind[0] = 0;
    labelKey = new long[1 + demands.byLabels.normalized.size()];
    groupKey = new long[demands.features()];
    stateReadUpTo = -1;
  }

  // Taking in changes

  /** Takes in all that changed in the cluster since last time. */
  void catchUp() {
    if (generation != profile.generation(pod)) {
      compile();
    }
    if (demands.rejection() != null) {
      return;
    }
    for (int i = 0; i < demands.rules.size(); i++) {
      demands.rules.get(i).catchUp();
    }
    long epoch = classes.catchUp();
    kinds.catchUp();
    boolean anew =
        takeMemory()
            || stateReadUpTo < 0
            || epoch != classesEpoch
            || readUpTo < classes.changes().start()
            || isVolatile
            || groups.count() > SPARE_GROUPS + 4 * state.rows();
    ChangeLog changes = classes.changes();
    if (anew) {
      classesEpoch = epoch;
      rebuild();
    } else if (readUpTo < changes.end()) {
      for (long position = readUpTo; position < changes.end(); position++) {
        judge(changes.row(position));
      }
      settled = false;
    }
    readUpTo = changes.end();
    stateReadUpTo = state.changes().end();
  }

  /** Makes sure of a memory; says whether there is nothing in it. */
  private boolean takeMemory() {
    if (isUser()) {
      return false;
    }
    if (wasUsed) {
      memory = new RankingMemory();
    }
    wasUsed = true;
    memory.user = this;
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // Rankings have no content to compare.
  private boolean isUser() {
    return memory.user == this;
  }

  private void rebuild() {
    groups = new Cohorts(demands.features());
    labelAnswers = new Cohorts(labelKey.length);
    memory.groups.clear(classes.combinations());
    memory.heaps.clear(classes.bound());
    settled = false;
    ImmutableSet<String> names = demands.nodeNames();
    if (names != null) {
      for (String name : names) {
        int row = state.row(name);
        if (row >= 0) {
          judge(classes.classOf(row));
        }
      }
      return;
    }
    memory.heaps.startBulk();
    boolean plain = isPlain();
    for (int i = 0; i < classes.used(); i++) {
      if (plain) {
        judgePlain(classes.used(i));
      } else {
        judge(classes.used(i));
      }
    }
    memory.heaps.stopBulk();
  }

  /** Whether what is said of a class's kind and combination is all there is to say. */
  private boolean isPlain() {
    return demands.byNode.isEmpty() && demands.nodeNames() == null && excluded.isEmpty();
  }

  private void judgePlain(int nodeClass) {
    int row = classes.firstRow(nodeClass);
    int kind = classes.kind(nodeClass);
    int combination = classes.combination(nodeClass);
    int kindAnswer = kinds.answer(kind, row);
    int group = memory.groups.get(kindAnswer, combination);
    if (group == PairTable.UNKNOWN) {
      group = group(row, kindAnswer);
      memory.groups.put(kindAnswer, combination, group);
    }
    int score = 0;
    if (groups.feature(group, 0) == 0) {
      score = kinds.score(kind);
      if (!demands.byLabels.scores.isEmpty()) {
        score += demands.byLabels.score(state.nodeInfo(row));
      }
    }
    memory.heaps.put(nodeClass, group, score, row, classes.size(nodeClass));
  }

  /** Asks the plugins about a class and puts it into its group. */
  private void judge(int nodeClass) {
    int size = classes.size(nodeClass);
    if (size == 0) {
      memory.heaps.remove(nodeClass);
      return;
    }
    if (isPlain()) {
      judgePlain(nodeClass);
      return;
    }
    int row = classes.firstRow(nodeClass);
    ImmutableSet<String> names = demands.nodeNames();
    if (names != null && !names.contains(state.name(row))) {
      return;
    }
    int kind = classes.kind(nodeClass);
    int group = group(row, kinds.answer(kind, row));
    int score = 0;
    if (groups.feature(group, 0) == 0) {
      score = kinds.score(kind);
      score += demands.byLabels.score(state.nodeInfo(row));
      score += demands.byNode.score(state.nodeInfo(row));
    }
    memory.heaps.put(nodeClass, group, score, row, size);
  }

  /** What filters and normalised scores that look at labels say of a node, as a number. */
  private int labelAnswer(NodeInfo node) {
    labelKey[0] = status(demands.byLabels, node);
    for (int i = 0; i < demands.byLabels.normalized.size(); i++) {
      labelKey[i + 1] = demands.byLabels.normalized.get(i).raw(node);
    }
    return labelAnswers.of(labelKey);
  }

  private int status(PodDemands.Part part, NodeInfo node) {
    for (int i = 0; i < part.filters.size(); i++) {
      PodDemands.NodeFilter<?> filter = part.filters.get(i);
      Status answer = filter.filter(node);
      if (!answer.isSuccess()) {
        return statusId(answer, filter.plugin(), filter.order());
      }
    }
    return 0;
  }

  private int statusOfKind(int kindAnswer) {
    int number = kinds.status(kindAnswer);
    if (number >= statusOfKind.length) {
      int before = statusOfKind.length;
      statusOfKind = Arrays.copyOf(statusOfKind, kinds.statuses() * 2);
      Arrays.fill(statusOfKind, before, statusOfKind.length, -1);
    }
    int status = statusOfKind[number];
    if (status < 0) {
      KindVerdicts.Refusal refusal = kinds.refusal(number);
      status = statusId(refusal.status(), refusal.filter().plugin(), refusal.filter().order());
      statusOfKind[number] = status;
    }
    return status;
  }

  /** The group of a node, by what is said of its kind and its labels, and by its cohorts. */
  private int group(int row, int kindAnswer) {
    int labelAnswer = labelAnswer(state.nodeInfo(row));
    int status = first(statusOfKind(kindAnswer), (int) labelAnswers.feature(labelAnswer, 0));
    if (!demands.byNode.isEmpty()) {
      status = first(status, status(demands.byNode, state.nodeInfo(row)));
    }
    Status out = excluded.isEmpty() ? null : excluded.get(row);
    if (out != null) {
      status = namedStatusId(out);
    }
    groupKey[0] = status;
    if (status != 0 && !earlierCohortFilter(statusOrders.get(status))) {
      Arrays.fill(groupKey, 1, groupKey.length, 0);
      return groups.of(groupKey);
    }
    for (int i = 0; i < demands.cohortFilters.size(); i++) {
      PodDemands.CohortFilter filter = demands.cohortFilters.get(i);
      groupKey[filter.feature()] = filter.cohorts().cohort(row);
    }
    for (int i = 0; i < demands.byKind.normalized.size(); i++) {
      groupKey[demands.byKind.normalized.get(i).feature()] = kinds.raw(kindAnswer, i);
    }
    for (int i = 0; i < demands.byLabels.normalized.size(); i++) {
      groupKey[demands.byLabels.normalized.get(i).feature()] =
          labelAnswers.feature(labelAnswer, i + 1);
    }
    for (int i = 0; i < demands.byNode.normalized.size(); i++) {
      PodDemands.NormalizedScore<?> score = demands.byNode.normalized.get(i);
      groupKey[score.feature()] = score.raw(state.nodeInfo(row));
    }
    for (int i = 0; i < demands.cohortScores.size(); i++) {
      PodDemands.CohortScore score = demands.cohortScores.get(i);
      groupKey[score.feature()] = score.cohorts().cohort(row);
    }
    return groups.of(groupKey);
  }

  /** Of two statuses that of the filter that comes first. */
  private int first(int status, int other) {
    return statusOrders.get(status) <= statusOrders.get(other) ? status : other;
  }

  private boolean earlierCohortFilter(int order) {
    return !demands.cohortFilters.isEmpty() && demands.cohortFilters.getFirst().order() < order;
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
      int size = memory.heaps.nodes(group);
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
    for (int i = 0; i < demands.cohortFilters.size(); i++) {
      PodDemands.CohortFilter filter = demands.cohortFilters.get(i);
      if (filter.order() > order) {
        break;
      }
      Status answer = filter.rule().filter((int) groups.feature(group, filter.feature()));
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
    for (int i = 0; i < demands.normalizedScores.size(); i++) {
      PodDemands.NormalizedScore<?> score = demands.normalizedScores.get(i);
      for (int group = 0; group < count; group++) {
        normalized[group] = groups.feature(feasible.groupNumbers[group], score.feature());
      }
      score.plugin().normalizer().normalize(normalized, count);
      addNormalized(index++, score.weight(), count);
    }
    for (int i = 0; i < demands.cohortScores.size(); i++) {
      PodDemands.CohortScore score = demands.cohortScores.get(i);
      score.rule().preScore(feasible.ofColumn(score.feature()));
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
    if (demands.rejection() != null
        || stateReadUpTo != state.changes().end()
        || generation != profile.generation(pod)
        || !isUser()
        || !settled) {
      return null;
    }
    NodeRanking anew =
        new NodeRanking(state, profile, pod, new RankingMemory(), new KindVerdicts.Known(), false);
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
    int group = groupOf(row);
    if (group < 0) {
      return state.isNode(row) && demands.nodeNames() != null ? excludedStatus() : NOT_A_NODE;
    }
    return statuses.get(settled ? groupStatus[group] : judgeGroup(group));
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
      classes = classes();
      stateReadUpTo = -1;
      catchUp();
    }
    excluded.put(row, status);
    judge(classes.classOf(row));
    settled = false;
  }

  /** Undoes {@link #exclude}. */
  void release(int row) {
    excluded.remove(row);
    judge(classes.classOf(row));
    settled = false;
  }

  /** The number of a status that bears who said it, be it a plugin or an extender. */
  private int namedStatusId(Status named) {
    Integer known = statusIds.get(named);
    if (known != null) {
      return known;
    }
    int id = statuses.size();
    statuses.add(named);
    answers.add(named);
    statusOrders.add(-1);
    statusIds.put(named, id);
    return id;
  }

  /** The best node's row, of several the first; -1 where none is feasible. */
  int best() {
    settle();
    ClassHeaps heaps = memory.heaps;
    int best = -1;
    long bestScore = Long.MIN_VALUE;
    for (int i = 0; i < feasible.groupCount; i++) {
      int nodeClass = heaps.best(feasible.groupNumbers[i]);
      int row = heaps.firstRow(nodeClass);
      long score = groupScore[i] + heaps.score(nodeClass);
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
   * Collects in {@link #ties} the rows with a score that none exceeds; in no particular order.
   *
   * @return how many there are, or more than {@code most} where there are more, not all collected
   */
  private int collectTies(long bestScore, int most) {
    ClassHeaps heaps = memory.heaps;
    int count = 0;
    for (int i = 0; i < feasible.groupCount && count <= most; i++) {
      int group = feasible.groupNumbers[i];
      int wanted = (int) (bestScore - groupScore[i]);
      count =
          heaps.isOrdered(group)
              ? collectOrdered(group, wanted, count, most)
              : collectUnordered(group, wanted, count, most);
    }
    return count;
  }

  private int collectUnordered(int group, int wanted, int before, int most) {
    ClassHeaps heaps = memory.heaps;
    int count = before;
    for (int i = 0; i < heaps.size(group) && count <= most; i++) {
      if (heaps.score(heaps.at(group, i)) == wanted) {
        count = collectRows(heaps.at(group, i), count, most);
      }
    }
    return count;
  }

  private int collectOrdered(int group, int wanted, int before, int most) {
    ClassHeaps heaps = memory.heaps;
    int count = before;
    int depth = 0;
    pending[depth++] = 0;
    while (depth > 0 && count <= most) {
      int index = pending[--depth];
      if (index >= heaps.size(group) || heaps.score(heaps.at(group, index)) != wanted) {
        continue;
      }
      count = collectRows(heaps.at(group, index), count, most);
      if (depth + 2 > pending.length) {
        pending = Arrays.copyOf(pending, depth * 2);
      }
      pending[depth++] = 2 * index + 1;
      pending[depth++] = 2 * index + 2;
    }
    return count;
  }

  private int collectRows(int nodeClass, int before, int most) {
    int size = classes.size(nodeClass);
    int count = before + size;
    if (count > most) {
      return count;
    }
    if (count > ties.length) {
      ties = Arrays.copyOf(ties, Math.max(count, ties.length * 2));
    }
    for (int i = 0; i < size; i++) {
      ties[before + i] = classes.row(nodeClass, i);
    }
    return count;
  }

  private int groupOf(int row) {
    return memory.heaps.groupOf(classes.classOf(row));
  }

  private boolean isFeasible(int row) {
    int group = groupOf(row);
    return group >= 0 && groupStatus[group] == 0;
  }

  private long total(int row) {
    int nodeClass = classes.classOf(row);
    int group = memory.heaps.groupOf(nodeClass);
    if (group < 0 || groupStatus[group] != 0) {
      throw new IllegalArgumentException("node " + state.name(row) + " is not feasible");
    }
    return groupScore[placeOfGroup[group]] + memory.heaps.score(nodeClass);
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
    settle();
    int[] sizes = new int[groups.count()];
    for (int i = 0; i < count; i++) {
      sizes[groupOf(rows[i])]++;
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
      long score =
          groupScore[place[groupOf(rows[i])]]
              + memory.heaps.score(classes.classOf(rows[i]))
              + added[i];
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

  /** What each plugin gave a feasible node, by plugin. */
  Map<String, Decision.PluginScore> scores(int row) {
    settle();
    int group = groupOf(row);
    int place = placeOfGroup[group];
    Map<String, Decision.PluginScore> scores = new TreeMap<>();
    NodeInfo node = state.nodeInfo(row);
    for (PodDemands.Part part :
        ImmutableList.of(demands.byKind, demands.byLabels, demands.byNode)) {
      for (PodDemands.NodeScore<?> score : part.scores) {
        long raw = score.raw(node);
        scores.put(score.plugin().name(), new Decision.PluginScore(raw, raw, score.weight()));
      }
    }
    int index = 0;
    for (PodDemands.NormalizedScore<?> score : demands.normalizedScores) {
      long raw = groups.feature(group, score.feature());
      scores.put(score.plugin().name(), pluginScore(raw, index++, place, score.weight()));
    }
    for (PodDemands.CohortScore score : demands.cohortScores) {
      // Rules are shared: another pod's ranking may have asked it since.
      score.rule().preScore(feasible.ofColumn(score.feature()));
      long raw = score.rule().score(feasible.cohort(place));
      scores.put(score.plugin().name(), pluginScore(raw, index++, place, score.weight()));
    }
    return scores;
  }

  private Decision.PluginScore pluginScore(long raw, int index, int place, int weight) {
    long weighted = normalizedByScore.get(index)[place];
    return new Decision.PluginScore(raw, weight == 0 ? 0 : weighted / weight, weight);
  }

  /** How many nodes were turned down with each status; in no particular order. */
  Map<Status, Integer> rejections() {
    settle();
    Map<Status, Integer> counts = new LinkedHashMap<>();
    int judged = 0;
    for (int group = 0; group < groups.count(); group++) {
      int size = memory.heaps.nodes(group);
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

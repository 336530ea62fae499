package io.towtank.scheduler;

import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ChangeLog;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Cohorts;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.TemplateClasses;
import java.util.Arrays;
import java.util.Map;

/**
 * The classes of nodes in groups, for one template: classes that are alike in all cohorts, and in
 * the filter that turned them down if any did. A class is judged by asking the plugins about one of
 * its nodes, and again when it changes; in a group a heap has the class on top whose scores that
 * need no normalisation add up to most.
 */
final class NodeGroups {
  private static final int SPARE_GROUPS = 1024;

  private final ClusterState state;
  private final PodDemands demands;
  private final KindVerdicts kinds;
  private final boolean isVolatile;
  private final RankingMemory.Use use;
  // Nodes that count as turned down for the time being, by row.
  private final Map<Integer, Status> excluded;
  private final StatusNumbers statuses = new StatusNumbers();
  private TemplateClasses classes;

  // By number of a status in the kinds' verdicts, the number here; -1 where it has none yet.
  private int[] statusOfKind = {0, -1, -1, -1};
  // What the plugins say of a combination: a status and raw scores.
  private Cohorts labelAnswers = new Cohorts(1);
  private final long[] labelKey;
  private Cohorts groups = new Cohorts(1);
  private final long[] groupKey;
  private long classesEpoch;
  private long readUpTo;
  private long rowsReadUpTo;
  private boolean known;

  /**
   * Groups of which nothing is known yet.
   *
   * @param excluded by row, what nodes count as turned down with; may change between two calls
   */
  NodeGroups(
      ClusterState state,
      PodDemands demands,
      KindVerdicts kinds,
      TemplateClasses classes,
      boolean isVolatile,
      RankingMemory.Use use,
      Map<Integer, Status> excluded) {
    this.state = state;
    this.demands = demands;
    this.kinds = kinds;
    this.classes = classes;
    this.isVolatile = isVolatile;
    this.use = use;
    this.excluded = excluded;
    this.labelKey = new long[1 + demands.byLabels.normalized.size()];
    this.groupKey = new long[demands.features()];
  }

  // What there is

  /** How many groups there are; all numbers are below. Some may be empty. */
  int count() {
    return groups.count();
  }

  /** What tells a group from others; the first feature is a status. */
  long feature(int group, int index) {
    return groups.feature(group, index);
  }

  /** The number of the status with which a group's nodes were turned down one by one. */
  int status(int group) {
    return (int) groups.feature(group, 0);
  }

  /** The statuses by number. */
  StatusNumbers statuses() {
    return statuses;
  }

  /** The classes that are grouped. */
  TemplateClasses classes() {
    return classes;
  }

  /** The groups' classes, the best on top. */
  ClassHeaps heaps() {
    return use.memory().heaps;
  }

  /** A row's group, -1 where it is no node or none that comes into question. */
  int groupOf(int row) {
    return heaps().groupOf(classes.classOf(row));
  }

  /**
   * Whether nothing happened to the classes, which others have too, since it was looked at them.
   */
  boolean isCurrent() {
    return known
        && classes.isCurrent()
        && classesEpoch == classes.epoch()
        && readUpTo == classes.changes().end();
  }

  // Taking in changes

  /** Goes on with other classes. */
  void regroup(TemplateClasses others) {
    classes = others;
    known = false;
  }

  /** Takes in what changed; says whether anything did, in any row. */
  boolean catchUp() {
    long rowsChanged = state.changes().end();
    for (int i = 0; i < demands.rules.size(); i++) {
      demands.rules.get(i).catchUp();
    }
    long epoch = classes.catchUp();
    kinds.catchUp();
    boolean anew =
        use.take()
            || !known
            || epoch != classesEpoch
            || readUpTo < classes.changes().start()
            || isVolatile
            || groups.count() > SPARE_GROUPS + 4 * state.rows();
    ChangeLog changes = classes.changes();
    // Sums by domain may be others although no node is of another class than before.
    boolean changed = anew || rowsReadUpTo < rowsChanged;
    rowsReadUpTo = rowsChanged;
    if (anew) {
      classesEpoch = epoch;
      known = true;
      judgeAll();
    } else {
      for (long position = readUpTo; position < changes.end(); position++) {
        judge(changes.row(position));
      }
    }
    readUpTo = changes.end();
    return changed;
  }

  private void judgeAll() {
    groups = new Cohorts(demands.features());
    labelAnswers = new Cohorts(labelKey.length);
    use.memory().groups.clear(classes.combinations());
    ClassHeaps heaps = heaps();
    heaps.clear(classes.bound());
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
    heaps.startBulk();
    boolean plain = isPlain();
    for (int i = 0; i < classes.used(); i++) {
      int nodeClass = classes.used(i);
      int size = classes.size(nodeClass);
      if (size > 0) {
        judge(nodeClass, size, plain);
      }
    }
    heaps.stopBulk();
  }

  /** Whether what is said of a class's kind and combination is all there is to say. */
  private boolean isPlain() {
    return demands.byNode.isEmpty() && demands.nodeNames() == null && excluded.isEmpty();
  }

  /** Asks the plugins about a class and puts it into its group. */
  void judge(int nodeClass) {
    int size = classes.size(nodeClass);
    if (size == 0) {
      heaps().remove(nodeClass);
    } else {
      judge(nodeClass, size, isPlain());
    }
  }

  private void judge(int nodeClass, int size, boolean plain) {
    int row = classes.firstRow(nodeClass);
    if (plain) {
      judgePlain(nodeClass, size, row);
      return;
    }
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
    heaps().put(nodeClass, group, score, row, size);
  }

  private void judgePlain(int nodeClass, int size, int row) {
    int kind = classes.kind(nodeClass);
    int combination = classes.combination(nodeClass);
    int kindAnswer = kinds.answer(kind, row);
    PairTable known = use.memory().groups;
    int group = known.get(kindAnswer, combination);
    if (group == PairTable.UNKNOWN) {
      group = group(row, kindAnswer);
      known.put(kindAnswer, combination, group);
    }
    int score = 0;
    if (groups.feature(group, 0) == 0) {
      score = kinds.score(kind);
      if (!demands.byLabels.scores.isEmpty()) {
        score += demands.byLabels.score(state.nodeInfo(row));
      }
    }
    heaps().put(nodeClass, group, score, row, size);
  }

  /** What filters and normalised scores that look at labels say of a node, as a number. */
  private int labelAnswer(NodeInfo node) {
    labelKey[0] = ask(demands.byLabels, node);
    for (int i = 0; i < demands.byLabels.normalized.size(); i++) {
      labelKey[i + 1] = demands.byLabels.normalized.get(i).raw(node);
    }
    return labelAnswers.of(labelKey);
  }

  private int ask(PodDemands.Part part, NodeInfo node) {
    for (int i = 0; i < part.filters.size(); i++) {
      PodDemands.NodeFilter<?> filter = part.filters.get(i);
      Status answer = filter.filter(node);
      if (!answer.isSuccess()) {
        return statuses.of(answer, filter.plugin().name(), filter.order());
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
      status =
          statuses.of(refusal.status(), refusal.filter().plugin().name(), refusal.filter().order());
      statusOfKind[number] = status;
    }
    return status;
  }

  /** The group of a node, by what is said of its kind and its labels, and by its cohorts. */
  private int group(int row, int kindAnswer) {
    int labelAnswer = labelAnswer(state.nodeInfo(row));
    int status =
        statuses.first(statusOfKind(kindAnswer), (int) labelAnswers.feature(labelAnswer, 0));
    if (!demands.byNode.isEmpty()) {
      status = statuses.first(status, ask(demands.byNode, state.nodeInfo(row)));
    }
    Status out = excluded.isEmpty() ? null : excluded.get(row);
    if (out != null) {
      status = statuses.imposed(out);
    }
    groupKey[0] = status;
    if (status != 0 && !earlierCohortFilter(statuses.order(status))) {
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

  private boolean earlierCohortFilter(int order) {
    return !demands.cohortFilters.isEmpty() && demands.cohortFilters.getFirst().order() < order;
  }
}

package io.towtank.scheduler;

import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which groups of nodes are feasible as the cluster is now, and what normalised and topology scores
 * add to the scores of their nodes: what has to be worked out for every pod, since it depends on
 * all nodes.
 */
final class GroupScores {
  private final PodDemands demands;
  private final NodeGroups groups;
  private boolean settled;

  // By group.
  private int[] statusOfGroup = new int[16];
  private int[] placeOfGroup = new int[16];
  private final Feasible feasible = new Feasible();
  // By place among the feasible groups.
  private long[] scores = new long[16];
  private long[] normalized = new long[16];
  // By normalised score and then by cohort score, weighted.
  private final List<long[]> normalizedByScore = new ArrayList<>();

  GroupScores(PodDemands demands, NodeGroups groups) {
    this.demands = demands;
    this.groups = groups;
    for (int i = demands.normalizedScores.size() + demands.cohortScores.size(); i > 0; i--) {
      normalizedByScore.add(new long[0]);
    }
  }

  /** The feasible groups, as topology scores see them. */
  private final class Feasible implements TopologyScore.FeasibleNodes {
    private int[] numbers = new int[16];
    private int[] sizes = new int[16];
    private int groupCount;
    private int nodes;
    private int cohortColumn;

    void clear() {
      groupCount = 0;
      nodes = 0;
    }

    void add(int group, int size) {
      if (groupCount == numbers.length) {
        numbers = Arrays.copyOf(numbers, groupCount * 2);
        sizes = Arrays.copyOf(sizes, groupCount * 2);
      }
      numbers[groupCount] = group;
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
      return (int) groups.feature(numbers[group], cohortColumn);
    }

    @Override
    public int size(int group) {
      return sizes[group];
    }
  }

  // Working it out

  /** What was worked out does not hold any more. */
  void unsettle() {
    settled = false;
  }

  /** Whether what was worked out holds. */
  boolean isSettled() {
    return settled;
  }

  /** Judges all groups as the cluster is now, if they are not. */
  void settle() {
    if (settled) {
      return;
    }
    int count = groups.count();
    ensure(count);
    feasible.clear();
    for (int group = 0; group < count; group++) {
      int size = groups.heaps().nodes(group);
      if (size > 0) {
        statusOfGroup[group] = judge(group);
        if (statusOfGroup[group] == 0) {
          placeOfGroup[group] = feasible.groupCount;
          feasible.add(group, size);
        }
      }
    }
    scoreGroups();
    settled = true;
  }

  private int judge(int group) {
    int status = groups.status(group);
    int order = groups.statuses().order(status);
    for (int i = 0; i < demands.cohortFilters.size(); i++) {
      PodDemands.CohortFilter filter = demands.cohortFilters.get(i);
      if (filter.order() > order) {
        break;
      }
      Status answer = filter.rule().filter((int) groups.feature(group, filter.feature()));
      if (!answer.isSuccess()) {
        return groups.statuses().of(answer, filter.plugin().name(), filter.order());
      }
    }
    return status;
  }

  /** Works out, for each feasible group, what its cohorts add to the score of its nodes. */
  private void scoreGroups() {
    int count = feasible.groupCount;
    Arrays.fill(scores, 0, count, 0);
    if (normalized.length < count) {
      normalized = new long[count * 2];
    }
    int index = 0;
    for (int i = 0; i < demands.normalizedScores.size(); i++) {
      PodDemands.NormalizedScore<?> score = demands.normalizedScores.get(i);
      for (int group = 0; group < count; group++) {
        normalized[group] = groups.feature(feasible.numbers[group], score.feature());
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
      scores[group] += weighted;
    }
  }

  private void ensure(int count) {
    if (count > statusOfGroup.length) {
      statusOfGroup = new int[count * 2];
      placeOfGroup = new int[count * 2];
      scores = new long[count * 2];
    }
  }

  /**
   * As {@link #settle}, as if only some nodes were feasible; for the next look only.
   *
   * @param nodes by group, how many of its nodes; none of one that is not feasible
   */
  void settleFor(int[] nodes) {
    settle();
    feasible.clear();
    for (int group = 0; group < nodes.length; group++) {
      if (nodes[group] > 0) {
        placeOfGroup[group] = feasible.groupCount;
        feasible.add(group, nodes[group]);
      }
    }
    scoreGroups();
    settled = false;
  }

  // What was worked out

  /** How many groups are feasible. */
  int count() {
    return feasible.groupCount;
  }

  /** A feasible group, by its place among them. */
  int group(int place) {
    return feasible.numbers[place];
  }

  /** What is added to the scores of the nodes of a feasible group, by its place. */
  long score(int place) {
    return scores[place];
  }

  /** The place of a feasible group. */
  int place(int group) {
    return placeOfGroup[group];
  }

  /** What the filters say of a group's nodes; worked out here and now where nothing was. */
  Status verdict(int group) {
    return groups.statuses().get(settled ? statusOfGroup[group] : judge(group));
  }

  /** Whether a group that has nodes is feasible. */
  boolean isFeasible(int group) {
    return statusOfGroup[group] == 0;
  }

  /** What a normalised or, after them, a cohort score adds, weighted. */
  long weighted(int index, int place) {
    return normalizedByScore.get(index)[place];
  }

  /** What a rule gave a group before normalisation. */
  long raw(PodDemands.CohortScore score, int place) {
    // Rules are shared: another pod's ranking may have asked it since.
    score.rule().preScore(feasible.ofColumn(score.feature()));
    return score.rule().score(feasible.cohort(place));
  }
}

package io.towtank.scheduler.plugins.podtopologyspread;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.plugins.nodeaffinity.RequiredNodeAffinity;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.DomainCounts;
import io.towtank.scheduler.state.LabelColumn;
import io.towtank.scheduler.state.PodInfo;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Constraints with ScheduleAnyway: the fewer pods a node's domains have, the better. Domains of
 * which there are few count less, lest zones outweigh hosts.
 */
final class SoftSpread implements TopologyScore, CohortColumn.Rows {
  private static final long IGNORED = -1;

  private final ClusterState state;
  private final @Nullable SoftSpread blank;
  private final PodInfo pod;
  private final ImmutableList<SpreadConstraint> constraints;
  private final boolean requireAllKeys;
  private final RequiredNodeAffinity affinity;
  // By constraint; of hostnames the feature is the node's own count, so they need no sums.
  private final DomainCounts[] counts;
  private final SpreadCounts pods;
  private final double[] weights;
  // By constraint and domain: in which preScore the domain was last seen.
  private final int[][] seen;
  // By constraint: how many domains were seen in this preScore.
  private final int[] domains;
  private final int keyMissing;
  private final CohortColumn column;
  private int turn;

  /**
   * The rule.
   *
   * @param requireAllKeys whether only nodes count that have the labels of all constraints
   * @param blank the rule about no pods, null where this is it
   */
  SoftSpread(
      ClusterState state,
      PodInfo pod,
      ImmutableList<SpreadConstraint> constraints,
      boolean requireAllKeys,
      @Nullable SoftSpread blank) {
    this.state = state;
    this.blank = blank;
    this.pod = pod;
    this.constraints = constraints;
    this.requireAllKeys = requireAllKeys;
    this.affinity = RequiredNodeAffinity.of(state, pod.spec());
    this.counts = new DomainCounts[constraints.size()];
    this.weights = new double[constraints.size()];
    this.seen = new int[constraints.size()][0];
    this.domains = new int[constraints.size()];
    this.keyMissing = constraints.size();
    this.pods = new SpreadCounts(state, constraints);
    for (int i = 0; i < counts.length; i++) {
      counts[i] = DomainCounts.byNumber(constraints.get(i).key());
    }
    this.column = new CohortColumn(state, this);
  }

  @Override
  public long catchUp() {
    pods.catchUp();
    return column.catchUp(false);
  }

  @Override
  public int clear() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = DomainCounts.byNumber(constraints.get(i).key());
    }
    return constraints.size() + 1;
  }

  @Override
  public @Nullable CohortColumn blank() {
    if (blank == null) {
      return null;
    }
    blank.catchUp();
    return blank.column;
  }

  @Override
  public void take(int row) {
    // Without pods nothing is kept but the features.
  }

  @Override
  public boolean takePods(int row, int slot) {
    boolean anything = false;
    boolean eligible = state.isNode(row) && !isLeftOut(row);
    for (int i = 0; i < counts.length; i++) {
      SpreadConstraint constraint = constraints.get(i);
      if (!constraint.isHostname()) {
        boolean counted = eligible && constraint.includes(state, pod, affinity, row);
        anything |= counts[i].set(slot, row, counted, counted ? pods.of(i, row) : 0);
      }
    }
    return anything;
  }

  @Override
  public void counting(IntConsumer consumer) {
    pods.rows(consumer);
  }

  private boolean isLeftOut(int row) {
    return requireAllKeys && !SpreadConstraint.haveKeys(constraints, row);
  }

  @Override
  public void features(int row, int slot, long[] features) {
    features[keyMissing] = isLeftOut(row) ? 1 : 0;
    for (int i = 0; i < counts.length; i++) {
      SpreadConstraint constraint = constraints.get(i);
      int domain = constraint.key().value(row);
      if (domain == LabelColumn.NONE) {
        features[i] = DomainCounts.MISSING;
      } else if (constraint.isHostname()) {
        features[i] = pods.of(i, row);
      } else {
        features[i] = domain;
      }
    }
  }

  @Override
  public CohortColumn cohorts() {
    return column;
  }

  @Override
  public void preScore(FeasibleNodes feasible) {
    turn++;
    int nodes = 0;
    Arrays.fill(domains, 0);
    for (int group = 0; group < feasible.groups(); group++) {
      int cohort = feasible.cohort(group);
      if (column.feature(cohort, keyMissing) == 1) {
        continue;
      }
      nodes += feasible.size(group);
      for (int i = 0; i < counts.length; i++) {
        if (!constraints.get(i).isHostname() && firstTime(i, column.feature(cohort, i))) {
          domains[i]++;
        }
      }
    }
    for (int i = 0; i < counts.length; i++) {
      int size = constraints.get(i).isHostname() ? nodes : domains[i];
      weights[i] = StrictMath.log(size + 2);
    }
  }

  private boolean firstTime(int constraint, long feature) {
    // Nodes without the label are a domain of their own here, as in kube-scheduler.
    int domain = feature == DomainCounts.MISSING ? 0 : (int) feature + 1;
    if (domain >= seen[constraint].length) {
      seen[constraint] =
          Arrays.copyOf(seen[constraint], Math.max(domain + 1, seen[constraint].length * 2));
    }
    boolean first = seen[constraint][domain] != turn;
    seen[constraint][domain] = turn;
    return first;
  }

  @Override
  public long score(int cohort) {
    if (column.feature(cohort, keyMissing) == 1) {
      return IGNORED;
    }
    double score = 0;
    for (int i = 0; i < counts.length; i++) {
      long feature = column.feature(cohort, i);
      if (feature != DomainCounts.MISSING) {
        SpreadConstraint constraint = constraints.get(i);
        long count = constraint.isHostname() ? feature : counts[i].sum((int) feature);
        score += count * weights[i] + (constraint.maxSkew() - 1);
      }
    }
    return Math.round(score);
  }

  @Override
  public void normalize(long[] scores, int count) {
    long min = Long.MAX_VALUE;
    long max = 0;
    for (int i = 0; i < count; i++) {
      if (scores[i] != IGNORED) {
        min = Math.min(min, scores[i]);
        max = Math.max(max, scores[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      if (scores[i] == IGNORED) {
        scores[i] = 0;
      } else if (max == 0) {
        scores[i] = ScorePlugin.MAX_NODE_SCORE;
      } else {
        scores[i] = ScorePlugin.MAX_NODE_SCORE * (max + min - scores[i]) / max;
      }
    }
  }
}

package io.towtank.scheduler.plugins.podtopologyspread;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.plugins.nodeaffinity.RequiredNodeAffinity;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.DomainCounts;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.TopologyDomains;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Constraints with DoNotSchedule: in no domain may there be more pods than {@code maxSkew} above
 * the domain with the fewest.
 */
final class HardSpread implements TopologyFilter, CohortColumn.Rows {
  static final Status REASON_LABEL =
      Status.unresolvable(
          "node(s) didn't match pod topology spread constraints (missing required label)");
  static final Status REASON_SKEW =
      Status.unschedulable("node(s) didn't match pod topology spread constraints");

  private final ClusterState state;
  private final @Nullable HardSpread blank;
  private final PodInfo pod;
  private final ImmutableList<SpreadConstraint> constraints;
  private final RequiredNodeAffinity affinity;
  private final boolean[] selfMatch;
  private final DomainCounts[] counts;
  // Which domains exist has nothing to do with pods: the rule about no pods knows.
  private final TopologyDomains[] domains;
  private final SpreadCounts pods;
  private final CohortColumn column;

  /**
   * The rule.
   *
   * @param blank the rule about no pods, null where this is it
   */
  HardSpread(
      ClusterState state,
      PodInfo pod,
      ImmutableList<SpreadConstraint> constraints,
      @Nullable HardSpread blank) {
    this.state = state;
    this.blank = blank;
    this.pod = pod;
    this.constraints = constraints;
    this.affinity = RequiredNodeAffinity.of(state, pod.spec());
    this.selfMatch = new boolean[constraints.size()];
    for (int i = 0; i < selfMatch.length; i++) {
      selfMatch[i] = constraints.get(i).selector().matches(pod.labelClass());
    }
    this.counts = new DomainCounts[constraints.size()];
    this.domains = new TopologyDomains[constraints.size()];
    this.pods = new SpreadCounts(state, constraints);
    for (int i = 0; i < counts.length; i++) {
      counts[i] = DomainCounts.withMinimum(constraints.get(i).key());
      domains[i] = new TopologyDomains(constraints.get(i).key());
    }
    this.column = new CohortColumn(state, this);
  }

  @Override
  public long catchUp() {
    boolean outdated = false;
    for (DomainCounts count : counts) {
      outdated |= count.outdated();
    }
    pods.catchUp();
    return column.catchUp(outdated);
  }

  @Override
  public int clear() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = DomainCounts.withMinimum(constraints.get(i).key());
      domains[i] = new TopologyDomains(constraints.get(i).key());
    }
    return counts.length;
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
    boolean eligible = isEligible(row);
    for (int i = 0; i < domains.length; i++) {
      domains[i].set(row, eligible && constraints.get(i).includes(state, pod, affinity, row));
    }
  }

  @Override
  public boolean takePods(int row, int slot) {
    boolean anything = false;
    boolean eligible = isEligible(row);
    for (int i = 0; i < counts.length; i++) {
      boolean counted = eligible && constraints.get(i).includes(state, pod, affinity, row);
      anything |= counts[i].set(slot, row, counted, counted ? pods.of(i, row) : 0);
    }
    return anything;
  }

  @Override
  public void counting(IntConsumer consumer) {
    pods.rows(consumer);
  }

  private boolean isEligible(int row) {
    return state.isNode(row) && SpreadConstraint.haveKeys(constraints, row);
  }

  @Override
  public void features(int row, int slot, long[] features) {
    for (int i = 0; i < features.length; i++) {
      features[i] = counts[i].feature(row, slot);
    }
  }

  @Override
  public CohortColumn cohorts() {
    return column;
  }

  @Override
  public Status filter(int cohort) {
    for (int i = 0; i < counts.length; i++) {
      long feature = column.feature(cohort, i);
      if (feature == DomainCounts.MISSING) {
        return REASON_LABEL;
      }
      SpreadConstraint constraint = constraints.get(i);
      int existing = (blank == null ? this : blank).domains[i].count();
      long minimum =
          existing < constraint.minDomains()
              ? 0
              : Math.min(counts[i].minimum(existing), Integer.MAX_VALUE);
      long skew = counts[i].sumOf(feature) + (selfMatch[i] ? 1 : 0) - minimum;
      if (skew > constraint.maxSkew()) {
        return REASON_SKEW;
      }
    }
    return Status.SUCCESS;
  }
}

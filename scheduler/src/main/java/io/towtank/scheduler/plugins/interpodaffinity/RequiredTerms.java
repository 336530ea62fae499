package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.state.AffinityTerm;
import io.towtank.scheduler.state.AffinityTerms;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.DomainCounts;
import io.towtank.scheduler.state.LabelClass;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Required affinity and anti-affinity, the pod's own and that of pods that are there. */
final class RequiredTerms implements TopologyFilter, CohortColumn.Rows {
  static final Status REASON_AFFINITY =
      Status.unresolvable("node(s) didn't match pod affinity rules");
  static final Status REASON_ANTI_AFFINITY =
      Status.unschedulable("node(s) didn't match pod anti-affinity rules");
  static final Status REASON_EXISTING =
      Status.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

  /**
   * All that the rule depends on of a pod.
   *
   * @param matchesItself whether the pod matches all of its own affinity terms
   * @param against anti-affinity terms of other pods that match the pod
   */
  record About(
      ImmutableList<AffinityTerm> affinity,
      ImmutableList<AffinityTerm> antiAffinity,
      boolean matchesItself,
      ImmutableSet<AffinityTerm> against) {
    static About of(ClusterState state, PodInfo pod) {
      ImmutableSet.Builder<AffinityTerm> against = ImmutableSet.builder();
      for (AffinityTerms terms : state.affinityTerms()) {
        for (AffinityTerm term : terms.requiredAntiAffinity()) {
          if (term.selector().matches(pod.labelClass())) {
            against.add(term);
          }
        }
      }
      ImmutableList<AffinityTerm> wanted = pod.terms().requiredAffinity();
      return new About(
          wanted,
          pod.terms().requiredAntiAffinity(),
          !wanted.isEmpty() && matchesAll(wanted, pod.labelClass()),
          against.build());
    }

    boolean isEmpty() {
      return affinity.isEmpty() && antiAffinity.isEmpty() && against.isEmpty();
    }
  }

  private final ClusterState state;
  private final boolean matchesItself;
  // By term: pods that match all affinity terms; pods that match the anti-affinity term.
  private final List<TermCounts> affinity = new ArrayList<>();
  private final List<TermCounts> antiAffinity = new ArrayList<>();
  // By topology key: pods with anti-affinity terms of that key that match this pod.
  private final List<TermCounts> existing = new ArrayList<>();
  private final List<TermCounts> all = new ArrayList<>();
  private final CohortColumn column;
  private long namespaces;

  RequiredTerms(ClusterState state, About about) {
    this.state = state;
    this.matchesItself = about.matchesItself;
    for (AffinityTerm term : about.affinity) {
      affinity.add(
          new TermCounts(
              state,
              term.topologyKey(),
              pods -> matchesAll(about.affinity, pods.labels()) ? 1 : 0));
    }
    for (AffinityTerm term : about.antiAffinity) {
      antiAffinity.add(
          new TermCounts(
              state, term.topologyKey(), pods -> term.selector().matches(pods.labels()) ? 1 : 0));
    }
    Set<String> keys = new LinkedHashSet<>();
    about.against.forEach(term -> keys.add(term.topologyKey()));
    for (String key : keys) {
      existing.add(
          new TermCounts(state, key, pods -> countAgainst(about.against, pods.terms(), key)));
    }
    all.addAll(affinity);
    all.addAll(antiAffinity);
    all.addAll(existing);
    namespaces = state.namespaceGeneration();
    column = new CohortColumn(state, this);
  }

  private static boolean matchesAll(ImmutableList<AffinityTerm> terms, LabelClass pods) {
    for (int i = 0; i < terms.size(); i++) {
      if (!terms.get(i).selector().matches(pods)) {
        return false;
      }
    }
    return true;
  }

  private static long countAgainst(
      ImmutableSet<AffinityTerm> against, AffinityTerms terms, String key) {
    long count = 0;
    ImmutableList<AffinityTerm> required = terms.requiredAntiAffinity();
    for (int i = 0; i < required.size(); i++) {
      AffinityTerm term = required.get(i);
      if (term.topologyKey().equals(key) && against.contains(term)) {
        count++;
      }
    }
    return count;
  }

  @Override
  public long catchUp() {
    boolean outdated = namespaces != state.namespaceGeneration();
    for (int i = 0; i < all.size(); i++) {
      outdated |= all.get(i).outdated();
    }
    namespaces = state.namespaceGeneration();
    return column.catchUp(outdated);
  }

  @Override
  public int clear() {
    all.forEach(TermCounts::clear);
    return all.size();
  }

  @Override
  public void take(int row) {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).rowChanged(row);
    }
  }

  @Override
  public void features(int row, long[] features) {
    for (int i = 0; i < features.length; i++) {
      features[i] = all.get(i).presence(row);
    }
  }

  @Override
  public CohortColumn cohorts() {
    return column;
  }

  @Override
  public Status filter(int cohort) {
    if (!satisfiesAffinity(cohort)) {
      return REASON_AFFINITY;
    }
    int index = affinity.size();
    for (int i = 0; i < antiAffinity.size(); i++) {
      if (antiAffinity.get(i).sumOf(column.feature(cohort, index++)) > 0) {
        return REASON_ANTI_AFFINITY;
      }
    }
    for (int i = 0; i < existing.size(); i++) {
      if (existing.get(i).sumOf(column.feature(cohort, index++)) > 0) {
        return REASON_EXISTING;
      }
    }
    return Status.SUCCESS;
  }

  private boolean satisfiesAffinity(int cohort) {
    boolean present = true;
    boolean anywhere = false;
    for (int i = 0; i < affinity.size(); i++) {
      long feature = column.feature(cohort, i);
      if (feature == DomainCounts.MISSING) {
        return false;
      }
      present &= affinity.get(i).sumOf(feature) > 0;
      anywhere |= affinity.get(i).sum() > 0;
    }
    // The first of pods that want to be together may go anywhere.
    return present || (!anywhere && matchesItself);
  }
}

package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.state.AffinityTerm;
import io.towtank.scheduler.state.AffinityTerms;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Cohorts;
import io.towtank.scheduler.state.DomainCounts;
import io.towtank.scheduler.state.LabelClass;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Required affinity and anti-affinity, the pod's own and that of pods that are there. */
final class RequiredTerms implements TopologyFilter {
  static final Status REASON_AFFINITY =
      Status.unresolvable("node(s) didn't match pod affinity rules");
  static final Status REASON_ANTI_AFFINITY =
      Status.unschedulable("node(s) didn't match pod anti-affinity rules");
  static final Status REASON_EXISTING =
      Status.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

  private final ClusterState state;
  private final PodInfo pod;
  private final boolean matchesItself;
  // By term: pods that match all affinity terms; pods that match the anti-affinity term.
  private final List<TermCounts> affinity = new ArrayList<>();
  private final List<TermCounts> antiAffinity = new ArrayList<>();
  // By topology key: pods whose anti-affinity terms with that key match this pod.
  private final List<TermCounts> existing = new ArrayList<>();
  private int knownTerms;
  private long namespaces;
  private long[] features = new long[0];
  private Cohorts cohorts = new Cohorts(0);

  RequiredTerms(ClusterState state, PodInfo pod) {
    this.state = state;
    this.pod = pod;
    this.matchesItself = matchesAll(pod.terms().requiredAffinity(), pod.labelClass());
    compile();
  }

  private static boolean matchesAll(ImmutableList<AffinityTerm> terms, LabelClass pods) {
    for (int i = 0; i < terms.size(); i++) {
      if (!terms.get(i).selector().matches(pods)) {
        return false;
      }
    }
    return true;
  }

  private void compile() {
    affinity.clear();
    antiAffinity.clear();
    existing.clear();
    ImmutableList<AffinityTerm> wanted = pod.terms().requiredAffinity();
    for (AffinityTerm term : wanted) {
      affinity.add(
          new TermCounts(
              state, term.topologyKey(), pods -> matchesAll(wanted, pods.labels()) ? 1 : 0));
    }
    for (AffinityTerm term : pod.terms().requiredAntiAffinity()) {
      antiAffinity.add(
          new TermCounts(
              state, term.topologyKey(), pods -> term.selector().matches(pods.labels()) ? 1 : 0));
    }
    knownTerms = state.affinityTerms().size();
    namespaces = state.namespaceGeneration();
    for (String key : keysAgainst(0)) {
      existing.add(new TermCounts(state, key, pods -> termsAgainst(pods.terms(), key)));
    }
    features = new long[affinity.size() + antiAffinity.size() + existing.size()];
    cohorts = new Cohorts(features.length);
  }

  private Set<String> keysAgainst(int from) {
    Set<String> keys = new LinkedHashSet<>();
    for (int i = from; i < state.affinityTerms().size(); i++) {
      for (AffinityTerm term : state.affinityTerms().get(i).requiredAntiAffinity()) {
        if (term.selector().matches(pod.labelClass())) {
          keys.add(term.topologyKey());
        }
      }
    }
    return keys;
  }

  private long termsAgainst(AffinityTerms terms, String key) {
    long count = 0;
    ImmutableList<AffinityTerm> required = terms.requiredAntiAffinity();
    for (int i = 0; i < required.size(); i++) {
      AffinityTerm term = required.get(i);
      if (term.topologyKey().equals(key) && term.selector().matches(pod.labelClass())) {
        count++;
      }
    }
    return count;
  }

  @Override
  public boolean outdated() {
    if (namespaces != state.namespaceGeneration()
        || cohorts.count() > 1024 + 4 * state.rows()
        || anyOutdated(affinity)
        || anyOutdated(antiAffinity)
        || anyOutdated(existing)) {
      return true;
    }
    if (knownTerms < state.affinityTerms().size()) {
      if (!keysAgainst(knownTerms).isEmpty()) {
        return true;
      }
      knownTerms = state.affinityTerms().size();
    }
    return false;
  }

  private static boolean anyOutdated(List<TermCounts> counts) {
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i).outdated()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void rebuild() {
    compile();
    affinity.forEach(TermCounts::clear);
    antiAffinity.forEach(TermCounts::clear);
    existing.forEach(TermCounts::clear);
    for (int row = 0; row < state.rows(); row++) {
      rowChanged(row);
    }
  }

  @Override
  public void rowChanged(int row) {
    rowChanged(affinity, row);
    rowChanged(antiAffinity, row);
    rowChanged(existing, row);
  }

  private static void rowChanged(List<TermCounts> counts, int row) {
    for (int i = 0; i < counts.size(); i++) {
      counts.get(i).rowChanged(row);
    }
  }

  @Override
  public int cohort(int row) {
    int index = 0;
    for (int i = 0; i < affinity.size(); i++) {
      features[index++] = affinity.get(i).presence(row);
    }
    for (int i = 0; i < antiAffinity.size(); i++) {
      features[index++] = antiAffinity.get(i).presence(row);
    }
    for (int i = 0; i < existing.size(); i++) {
      features[index++] = existing.get(i).presence(row);
    }
    return cohorts.of(features);
  }

  @Override
  public int cohorts() {
    return cohorts.count();
  }

  @Override
  public Status filter(int cohort) {
    if (!satisfiesAffinity(cohort)) {
      return REASON_AFFINITY;
    }
    int index = affinity.size();
    for (int i = 0; i < antiAffinity.size(); i++) {
      if (antiAffinity.get(i).sumOf(cohorts.feature(cohort, index++)) > 0) {
        return REASON_ANTI_AFFINITY;
      }
    }
    for (int i = 0; i < existing.size(); i++) {
      if (existing.get(i).sumOf(cohorts.feature(cohort, index++)) > 0) {
        return REASON_EXISTING;
      }
    }
    return Status.SUCCESS;
  }

  private boolean satisfiesAffinity(int cohort) {
    boolean present = true;
    boolean anywhere = false;
    for (int i = 0; i < affinity.size(); i++) {
      long feature = cohorts.feature(cohort, i);
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

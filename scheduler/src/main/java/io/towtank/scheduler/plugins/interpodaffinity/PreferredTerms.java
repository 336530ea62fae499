package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.state.AffinityTerm;
import io.towtank.scheduler.state.AffinityTerms;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Cohorts;
import io.towtank.scheduler.state.LabelClass;
import io.towtank.scheduler.state.PodClass;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Preferred affinity and anti-affinity, the pod's own and that of pods that are there. The required
 * affinity of pods that are there counts too, with a weight of its own: they would like this pod's
 * company for the same reason.
 */
final class PreferredTerms implements TopologyScore {
  private final ClusterState state;
  private final PodInfo pod;
  private final int hardPodAffinityWeight;
  private final boolean ignorePreferredTermsOfExistingPods;
  private final List<TermCounts> counts = new ArrayList<>();
  private int knownTerms;
  private long namespaces;
  private long[] features = new long[0];
  private Cohorts cohorts = new Cohorts(0);

  PreferredTerms(
      ClusterState state,
      PodInfo pod,
      int hardPodAffinityWeight,
      boolean ignorePreferredTermsOfExistingPods) {
    this.state = state;
    this.pod = pod;
    this.hardPodAffinityWeight = hardPodAffinityWeight;
    this.ignorePreferredTermsOfExistingPods = ignorePreferredTermsOfExistingPods;
    compile();
  }

  private void compile() {
    counts.clear();
    knownTerms = state.affinityTerms().size();
    namespaces = state.namespaceGeneration();
    Set<String> keys = new LinkedHashSet<>();
    pod.terms().preferredAffinity().forEach(term -> keys.add(term.topologyKey()));
    pod.terms().preferredAntiAffinity().forEach(term -> keys.add(term.topologyKey()));
    keys.addAll(keysOfExisting(0));
    for (String key : keys) {
      counts.add(new TermCounts(state, key, pods -> weight(pods, key)));
    }
    features = new long[counts.size()];
    cohorts = new Cohorts(features.length);
  }

  private Set<String> keysOfExisting(int from) {
    Set<String> keys = new LinkedHashSet<>();
    for (int i = from; i < state.affinityTerms().size(); i++) {
      AffinityTerms terms = state.affinityTerms().get(i);
      if (hardPodAffinityWeight > 0) {
        addKeys(terms.requiredAffinity(), keys);
      }
      if (!ignorePreferredTermsOfExistingPods) {
        addKeys(terms.preferredAffinity(), keys);
        addKeys(terms.preferredAntiAffinity(), keys);
      }
    }
    return keys;
  }

  private void addKeys(ImmutableList<AffinityTerm> terms, Set<String> keys) {
    for (AffinityTerm term : terms) {
      if (term.selector().matches(pod.labelClass())) {
        keys.add(term.topologyKey());
      }
    }
  }

  /** What having one pod of the class in the domain is worth. */
  private long weight(PodClass pods, String key) {
    AffinityTerms own = pod.terms();
    AffinityTerms its = pods.terms();
    LabelClass me = pod.labelClass();
    long weight =
        weight(own.preferredAffinity(), key, pods.labels())
            - weight(own.preferredAntiAffinity(), key, pods.labels());
    if (hardPodAffinityWeight > 0) {
      ImmutableList<AffinityTerm> required = its.requiredAffinity();
      for (int i = 0; i < required.size(); i++) {
        AffinityTerm term = required.get(i);
        if (term.topologyKey().equals(key) && term.selector().matches(me)) {
          weight += hardPodAffinityWeight;
        }
      }
    }
    if (!ignorePreferredTermsOfExistingPods) {
      weight +=
          weight(its.preferredAffinity(), key, me) - weight(its.preferredAntiAffinity(), key, me);
    }
    return weight;
  }

  private static long weight(ImmutableList<AffinityTerm> terms, String key, LabelClass pods) {
    long weight = 0;
    for (int i = 0; i < terms.size(); i++) {
      AffinityTerm term = terms.get(i);
      if (term.topologyKey().equals(key) && term.selector().matches(pods)) {
        weight += term.weight();
      }
    }
    return weight;
  }

  @Override
  public boolean outdated() {
    if (namespaces != state.namespaceGeneration() || cohorts.count() > 1024 + 4 * state.rows()) {
      return true;
    }
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i).outdated()) {
        return true;
      }
    }
    if (knownTerms < state.affinityTerms().size()) {
      if (!keysOfExisting(knownTerms).isEmpty()) {
        return true;
      }
      knownTerms = state.affinityTerms().size();
    }
    return false;
  }

  @Override
  public void rebuild() {
    compile();
    counts.forEach(TermCounts::clear);
    for (int row = 0; row < state.rows(); row++) {
      rowChanged(row);
    }
  }

  @Override
  public void rowChanged(int row) {
    for (int i = 0; i < counts.size(); i++) {
      counts.get(i).rowChanged(row);
    }
  }

  @Override
  public int cohort(int row) {
    for (int i = 0; i < features.length; i++) {
      features[i] = counts.get(i).feature(row);
    }
    return cohorts.of(features);
  }

  @Override
  public int cohorts() {
    return cohorts.count();
  }

  @Override
  public void preScore(FeasibleNodes feasible) {
    // Scores do not depend on which nodes are feasible.
  }

  @Override
  public long score(int cohort) {
    long score = 0;
    for (int i = 0; i < counts.size(); i++) {
      score += counts.get(i).sumOf(cohorts.feature(cohort, i));
    }
    return score;
  }

  @Override
  public void normalize(long[] scores, int count) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, scores[i]);
      max = Math.max(max, scores[i]);
    }
    for (int i = 0; i < count; i++) {
      scores[i] =
          max == min
              ? 0
              : (long) (ScorePlugin.MAX_NODE_SCORE * ((double) (scores[i] - min) / (max - min)));
    }
  }
}

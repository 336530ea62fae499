package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.state.AffinityTerm;
import io.towtank.scheduler.state.AffinityTerms;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.LabelClass;
import io.towtank.scheduler.state.PodClass;
import io.towtank.scheduler.state.PodClasses;
import io.towtank.scheduler.state.PodCounts;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.PodSelector;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Preferred affinity and anti-affinity, the pod's own and that of pods that are there. The required
 * affinity of pods that are there counts too, with a weight of its own: they would like this pod's
 * company for the same reason.
 */
final class PreferredTerms implements TopologyScore, CohortColumn.Rows {
  /**
   * All that the rule depends on of a pod.
   *
   * @param hardOfOthers required affinity terms of other pods that match the pod
   * @param likedBy preferred affinity terms of other pods that match the pod
   * @param dislikedBy preferred anti-affinity terms of other pods that match the pod
   */
  record About(
      ImmutableList<AffinityTerm> affinity,
      ImmutableList<AffinityTerm> antiAffinity,
      ImmutableSet<AffinityTerm> hardOfOthers,
      ImmutableSet<AffinityTerm> likedBy,
      ImmutableSet<AffinityTerm> dislikedBy) {
    /** Nothing matters. */
    static final About NOTHING =
        new About(
            ImmutableList.of(),
            ImmutableList.of(),
            ImmutableSet.of(),
            ImmutableSet.of(),
            ImmutableSet.of());

    static About of(ClusterState state, PodInfo pod, boolean hard) {
      ImmutableSet.Builder<AffinityTerm> hardOfOthers = ImmutableSet.builder();
      ImmutableSet.Builder<AffinityTerm> likedBy = ImmutableSet.builder();
      ImmutableSet.Builder<AffinityTerm> dislikedBy = ImmutableSet.builder();
      PodClasses classes = state.podClasses();
      LabelClass labels = pod.labelClass();
      if (hard) {
        classes.termsAbout(labels, AffinityTerms.Kind.REQUIRED_AFFINITY, hardOfOthers::add);
        // Its own come as soon as the first of such pods has a node: known before, nothing changes.
        addMatching(pod.terms().requiredAffinity(), pod, hardOfOthers);
      }
      classes.termsAbout(labels, AffinityTerms.Kind.PREFERRED_AFFINITY, likedBy::add);
      addMatching(pod.terms().preferredAffinity(), pod, likedBy);
      classes.termsAbout(labels, AffinityTerms.Kind.PREFERRED_ANTI_AFFINITY, dislikedBy::add);
      addMatching(pod.terms().preferredAntiAffinity(), pod, dislikedBy);
      return new About(
          pod.terms().preferredAffinity(),
          pod.terms().preferredAntiAffinity(),
          hardOfOthers.build(),
          likedBy.build(),
          dislikedBy.build());
    }

    private static void addMatching(
        ImmutableList<AffinityTerm> terms,
        PodInfo pod,
        ImmutableSet.Builder<AffinityTerm> matching) {
      for (AffinityTerm term : terms) {
        if (term.selector().matches(pod.labelClass())) {
          matching.add(term);
        }
      }
    }

    /** The same about no pods. */
    About blank() {
      return new About(
          keys().stream()
              .map(key -> new AffinityTerm(PodSelector.NOTHING, key, 0))
              .collect(ImmutableList.toImmutableList()),
          ImmutableList.of(),
          ImmutableSet.of(),
          ImmutableSet.of(),
          ImmutableSet.of());
    }

    boolean isEmpty() {
      return affinity.isEmpty()
          && antiAffinity.isEmpty()
          && hardOfOthers.isEmpty()
          && likedBy.isEmpty()
          && dislikedBy.isEmpty();
    }

    private Set<String> keys() {
      Set<String> keys = new LinkedHashSet<>();
      Stream.of(affinity, antiAffinity, hardOfOthers, likedBy, dislikedBy)
          .forEach(terms -> terms.forEach(term -> keys.add(term.topologyKey())));
      return keys;
    }
  }

  private final ClusterState state;
  private final @Nullable PreferredTerms blank;
  private final List<TermCounts> counts = new ArrayList<>();
  private final CohortColumn column;
  private long namespaces;

  /**
   * The rule.
   *
   * @param blank the rule about no pods, null where this is it
   */
  PreferredTerms(
      ClusterState state, About about, int hardPodAffinityWeight, @Nullable PreferredTerms blank) {
    this.state = state;
    this.blank = blank;
    for (String key : about.keys()) {
      Worth worth = new Worth(about, key, hardPodAffinityWeight);
      counts.add(new TermCounts(state, key, new PodCounts(state, worth)));
    }
    namespaces = state.namespaceGeneration();
    column = new CohortColumn(state, this);
  }

  /** What having a pod in the domain is worth, by terms of one topology key. */
  private record Worth(About about, String key, int hardPodAffinityWeight)
      implements PodCounts.Weight {
    @Override
    public long of(PodClass pods) {
      AffinityTerms its = pods.terms();
      return matching(about.affinity, key, pods.labels())
          - matching(about.antiAffinity, key, pods.labels())
          + hardPodAffinityWeight * count(its.requiredAffinity(), key, about.hardOfOthers)
          + sum(its.preferredAffinity(), key, about.likedBy)
          - sum(its.preferredAntiAffinity(), key, about.dislikedBy);
    }

    @Override
    public void candidates(PodClasses classes, IntConsumer consumer) {
      for (AffinityTerm term : Iterables.concat(about.affinity, about.antiAffinity)) {
        if (term.topologyKey().equals(key)) {
          classes.candidates(term.selector(), consumer);
        }
      }
      owners(classes, about.hardOfOthers, AffinityTerms.Kind.REQUIRED_AFFINITY, consumer);
      owners(classes, about.likedBy, AffinityTerms.Kind.PREFERRED_AFFINITY, consumer);
      owners(classes, about.dislikedBy, AffinityTerms.Kind.PREFERRED_ANTI_AFFINITY, consumer);
    }

    private void owners(
        PodClasses classes,
        ImmutableSet<AffinityTerm> terms,
        AffinityTerms.Kind kind,
        IntConsumer consumer) {
      for (AffinityTerm term : terms) {
        if (term.topologyKey().equals(key)) {
          classes.withTerm(term, kind, consumer);
        }
      }
    }
  }

  private static long matching(ImmutableList<AffinityTerm> terms, String key, LabelClass pods) {
    long weight = 0;
    for (int i = 0; i < terms.size(); i++) {
      AffinityTerm term = terms.get(i);
      if (term.topologyKey().equals(key) && term.selector().matches(pods)) {
        weight += term.weight();
      }
    }
    return weight;
  }

  private static long count(
      ImmutableList<AffinityTerm> terms, String key, ImmutableSet<AffinityTerm> matching) {
    long count = 0;
    for (int i = 0; i < terms.size(); i++) {
      AffinityTerm term = terms.get(i);
      count += term.topologyKey().equals(key) && matching.contains(term) ? 1 : 0;
    }
    return count;
  }

  private static long sum(
      ImmutableList<AffinityTerm> terms, String key, ImmutableSet<AffinityTerm> matching) {
    long sum = 0;
    for (int i = 0; i < terms.size(); i++) {
      AffinityTerm term = terms.get(i);
      sum += term.topologyKey().equals(key) && matching.contains(term) ? term.weight() : 0;
    }
    return sum;
  }

  @Override
  public long catchUp() {
    boolean outdated = namespaces != state.namespaceGeneration();
    for (int i = 0; i < counts.size(); i++) {
      outdated |= counts.get(i).outdated();
    }
    namespaces = state.namespaceGeneration();
    for (int i = 0; i < counts.size(); i++) {
      counts.get(i).catchUp(outdated);
    }
    return column.catchUp(outdated);
  }

  @Override
  public int clear() {
    counts.forEach(TermCounts::clear);
    return counts.size();
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
    for (int i = 0; i < counts.size(); i++) {
      anything |= counts.get(i).take(row, slot);
    }
    return anything;
  }

  @Override
  public void counting(IntConsumer consumer) {
    for (int i = 0; i < counts.size(); i++) {
      counts.get(i).rows(consumer);
    }
  }

  @Override
  public void features(int row, int slot, long[] features) {
    for (int i = 0; i < features.length; i++) {
      features[i] = counts.get(i).feature(row, slot);
    }
  }

  @Override
  public CohortColumn cohorts() {
    return column;
  }

  @Override
  public void preScore(FeasibleNodes feasible) {
    // Scores do not depend on which nodes are feasible.
  }

  @Override
  public long score(int cohort) {
    long score = 0;
    for (int i = 0; i < counts.size(); i++) {
      score += counts.get(i).sumOf(column.feature(cohort, i));
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

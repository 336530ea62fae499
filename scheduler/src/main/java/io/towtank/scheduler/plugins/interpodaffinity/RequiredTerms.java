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
import io.towtank.scheduler.state.PodClass;
import io.towtank.scheduler.state.PodClasses;
import io.towtank.scheduler.state.PodCounts;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.PodSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

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
      state
          .podClasses()
          .termsAbout(pod.labelClass(), AffinityTerms.Kind.REQUIRED_ANTI_AFFINITY, against::add);
      // Its own come as soon as the first of such pods has a node: known before, nothing changes.
      for (AffinityTerm term : pod.terms().requiredAntiAffinity()) {
        if (term.selector().matches(pod.labelClass())) {
          against.add(term);
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

    /** The same about no pods. */
    About blank() {
      return new About(
          affinity.stream().map(AffinityTerm::blank).collect(ImmutableList.toImmutableList()),
          antiAffinity.stream().map(AffinityTerm::blank).collect(ImmutableList.toImmutableList()),
          false,
          against.stream().map(AffinityTerm::blank).collect(ImmutableSet.toImmutableSet()));
    }
  }

  private final ClusterState state;
  private final @Nullable RequiredTerms blank;
  private final boolean matchesItself;
  // By term: pods that match all affinity terms; pods that match the anti-affinity term.
  private final List<TermCounts> affinity = new ArrayList<>();
  private final List<TermCounts> antiAffinity = new ArrayList<>();
  // By topology key: pods with anti-affinity terms of that key that match this pod.
  private final List<TermCounts> existing = new ArrayList<>();
  private final List<TermCounts> all = new ArrayList<>();
  private final CohortColumn column;
  private long namespaces;

  /**
   * The rule.
   *
   * @param blank the rule about no pods, null where this is it
   */
  RequiredTerms(ClusterState state, About about, @Nullable RequiredTerms blank) {
    this.state = state;
    this.blank = blank;
    this.matchesItself = about.matchesItself;
    ImmutableList<PodSelector> selectors =
        about.affinity.stream()
            .map(AffinityTerm::selector)
            .collect(ImmutableList.toImmutableList());
    for (AffinityTerm term : about.affinity) {
      affinity.add(
          new TermCounts(state, term.topologyKey(), PodCounts.selectedByAll(state, selectors)));
    }
    for (AffinityTerm term : about.antiAffinity) {
      antiAffinity.add(
          new TermCounts(
              state,
              term.topologyKey(),
              PodCounts.selectedByAll(state, ImmutableList.of(term.selector()))));
    }
    // In an order that equal sets have in common, as the blank one's must be this one's.
    Set<String> keys = new TreeSet<>();
    about.against.forEach(term -> keys.add(term.topologyKey()));
    for (String key : keys) {
      existing.add(new TermCounts(state, key, new PodCounts(state, new Against(about, key))));
    }
    all.addAll(affinity);
    all.addAll(antiAffinity);
    all.addAll(existing);
    namespaces = state.namespaceGeneration();
    column = new CohortColumn(state, this);
  }

  /** Counts terms of other pods, of one topology key. */
  private record Against(About about, String key) implements PodCounts.Weight {
    @Override
    public long of(PodClass pods) {
      long count = 0;
      ImmutableList<AffinityTerm> required = pods.terms().requiredAntiAffinity();
      for (int i = 0; i < required.size(); i++) {
        AffinityTerm term = required.get(i);
        if (term.topologyKey().equals(key) && about.against.contains(term)) {
          count++;
        }
      }
      return count;
    }

    @Override
    public void candidates(PodClasses classes, IntConsumer consumer) {
      for (AffinityTerm term : about.against) {
        if (term.topologyKey().equals(key)) {
          classes.withTerm(term, AffinityTerms.Kind.REQUIRED_ANTI_AFFINITY, consumer);
        }
      }
    }
  }

  private static boolean matchesAll(ImmutableList<AffinityTerm> terms, LabelClass pods) {
    for (int i = 0; i < terms.size(); i++) {
      if (!terms.get(i).selector().matches(pods)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public long catchUp() {
    boolean outdated = namespaces != state.namespaceGeneration();
    for (int i = 0; i < all.size(); i++) {
      outdated |= all.get(i).outdated();
    }
    namespaces = state.namespaceGeneration();
    for (int i = 0; i < all.size(); i++) {
      all.get(i).catchUp(outdated);
    }
    return column.catchUp(outdated);
  }

  @Override
  public int clear() {
    all.forEach(TermCounts::clear);
    return all.size();
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
    for (int i = 0; i < all.size(); i++) {
      anything |= all.get(i).take(row, slot);
    }
    return anything;
  }

  @Override
  public void counting(IntConsumer consumer) {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).rows(consumer);
    }
  }

  @Override
  public void features(int row, int slot, long[] features) {
    for (int i = 0; i < features.length; i++) {
      features[i] = all.get(i).presence(row, slot);
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

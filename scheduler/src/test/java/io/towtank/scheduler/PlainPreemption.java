package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.LabelSelector;
import io.towtank.api.Pod;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.Selector;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What DefaultPreemption should come to (kube-scheduler: SelectVictimsOnNode,
 * pickOneNodeForPreemption), with every filter asked anew for every pod that is taken away or put
 * back. For clusters so small that all nodes are candidates.
 */
final class PlainPreemption {
  private record Candidate(String node, List<NodePod> victims, int violations) {
    int highest() {
      return victims.stream().mapToInt(v -> v.info().priority()).max().orElseThrow();
    }

    long sum() {
      return victims.stream().mapToLong(v -> v.info().priority() + (1L << 31)).sum();
    }

    long start() {
      return victims.stream()
          .filter(v -> v.info().priority() == highest())
          .mapToLong(v -> v.pod().status().startTime())
          .min()
          .orElseThrow();
    }
  }

  private static final Comparator<NodePod> MOST_IMPORTANT_FIRST =
      Comparator.comparingInt((NodePod pod) -> -pod.info().priority())
          .thenComparingLong(pod -> pod.pod().status().startTime())
          .thenComparing(pod -> io.towtank.api.ObjectKey.of(pod.pod()));

  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingInt(Candidate::violations)
          .thenComparingInt(Candidate::highest)
          .thenComparingLong(Candidate::sum)
          .thenComparingInt(candidate -> candidate.victims.size())
          .thenComparing(Comparator.comparingLong(Candidate::start).reversed());

  private final ClusterState state;
  private final Profile profile;
  private final PodInfo pod;
  private final ImmutableList<Pod> nominated;
  private final ImmutableList<PodDisruptionBudget> budgets;

  PlainPreemption(
      ClusterState state,
      Profile profile,
      PodInfo pod,
      ImmutableList<Pod> nominated,
      ImmutableList<PodDisruptionBudget> budgets) {
    this.state = state;
    this.profile = profile;
    this.pod = pod;
    this.nominated = nominated;
    this.budgets = budgets;
  }

  /** The way out; null where there is none. */
  Decision.@Nullable Preemption wayOut() {
    if (profile.postFilters().stream().noneMatch(p -> p.name().equals("DefaultPreemption"))
        || "Never".equals(pod.spec().preemptionPolicy())) {
      return null;
    }
    PlainEvaluation before = evaluation();
    List<Candidate> candidates = new ArrayList<>();
    for (int row = 0; row < state.rows(); row++) {
      Status status = state.isNode(row) ? before.infeasible.get(state.name(row)) : null;
      if (status != null && status.code() == Code.UNSCHEDULABLE) {
        Candidate candidate = candidate(row);
        if (candidate != null) {
          candidates.add(candidate);
        }
      }
    }
    Candidate best = null;
    for (Candidate candidate : candidates) {
      best = best == null || BEST_FIRST.compare(candidate, best) < 0 ? candidate : best;
    }
    return best == null
        ? null
        : new Decision.Preemption(
            best.node,
            best.victims.stream()
                .sorted(MOST_IMPORTANT_FIRST)
                .map(victim -> io.towtank.api.ObjectKey.of(victim.pod()).toString())
                .collect(ImmutableList.toImmutableList()));
  }

  private PlainEvaluation evaluation() {
    return new PlainEvaluation(state, profile, pod, nominated);
  }

  private boolean fits(int row) {
    PlainEvaluation now = evaluation();
    return now.rejection == null && !now.infeasible.containsKey(state.name(row));
  }

  private @Nullable Candidate candidate(int row) {
    List<NodePod> less = new ArrayList<>();
    for (int i = 0; i < state.podCount(row); i++) {
      if (state.pod(row, i).info().priority() < pod.priority()) {
        less.add(state.pod(row, i));
      }
    }
    less.forEach(state::remove);
    if (less.isEmpty() || !fits(row)) {
      less.forEach(state::add);
      return null;
    }
    less.sort(MOST_IMPORTANT_FIRST);
    List<NodePod> kept = kept(less);
    List<NodePod> inOrder = new ArrayList<>(kept);
    less.stream().filter(each -> !kept.contains(each)).forEach(inOrder::add);
    List<NodePod> victims = new ArrayList<>();
    int violations = 0;
    for (NodePod each : inOrder) {
      state.add(each);
      if (!fits(row)) {
        state.remove(each);
        victims.add(each);
        violations += kept.contains(each) ? 1 : 0;
      }
    }
    victims.forEach(state::add);
    return new Candidate(state.name(row), victims, violations);
  }

  /** Those whose budgets do not allow that they go after the others before them. */
  private List<NodePod> kept(List<NodePod> pods) {
    Map<String, Integer> allowed = new HashMap<>();
    List<NodePod> kept = new ArrayList<>();
    for (NodePod each : pods) {
      boolean violates = false;
      for (PodDisruptionBudget budget : budgets) {
        LabelSelector selector = Objects.requireNonNull(budget.spec().selector());
        boolean empty = selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty();
        if (!empty
            && !each.info().labels().isEmpty()
            && each.info().namespace().equals(budget.metadata().namespace())
            && Selector.of(selector).matches(each.info().labels())) {
          int left = allowed.merge(budget.name(), -1, (known, minus) -> known + minus);
          left += Objects.requireNonNull(budget.status()).disruptionsAllowed();
          violates |= left < 0;
        }
      }
      if (violates) {
        kept.add(each);
      }
    }
    return kept;
  }
}

package io.towtank.autoscaler;

import io.towtank.api.Pod;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How much disruption budgets still allow while removals are planned (cluster-autoscaler:
 * core/scaledown/pdb).
 */
final class Budgets {
  private static final class Budget {
    private final PodDisruptionBudget budget;
    private final Selector selector;
    private int allowed;

    Budget(PodDisruptionBudget budget) {
      this.budget = budget;
      this.selector = Selector.of(budget.spec().selector());
      // Of a budget that its controller has not seen yet nothing is known: it allows nothing.
      this.allowed = budget.status() == null ? 0 : budget.status().disruptionsAllowed();
    }

    private boolean covers(Pod pod) {
      return Objects.equals(pod.metadata().namespace(), budget.metadata().namespace())
          && selector.matches(pod.metadata().labels());
    }
  }

  private final List<Budget> budgets = new ArrayList<>();

  Budgets(Iterable<PodDisruptionBudget> all) {
    all.forEach(budget -> budgets.add(new Budget(budget)));
  }

  /** Whether any budget is about a pod. */
  boolean covers(Pod pod) {
    return budgets.stream().anyMatch(budget -> budget.covers(pod));
  }

  /** Whether all budgets that are about a pod allow one more disruption. */
  boolean allows(Pod pod) {
    return budgets.stream().allMatch(budget -> budget.allowed > 0 || !budget.covers(pod));
  }

  /** Whether all of some pods could go together. */
  boolean allowAll(List<Pod> pods) {
    return budgets.stream()
        .allMatch(budget ->
            pods.stream().filter(budget::covers).count() <= budget.allowed
                || pods.stream().noneMatch(budget::covers));
  }

  /** Pods will go. */
  void remove(List<Pod> pods) {
    for (Budget budget : budgets) {
      budget.allowed -= (int) pods.stream().filter(budget::covers).count();
    }
  }
}

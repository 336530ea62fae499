package io.towtank.scheduler.plugins.defaultpreemption;

import com.google.common.collect.ImmutableList;
import io.towtank.api.LabelSelector;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.Selector;
import io.towtank.scheduler.state.NodePod;
import java.util.ArrayList;
import java.util.List;

/** Tells pods that disruption budgets protect (kube-scheduler: filterPodsWithPDBViolation). */
final class Budgets {
  private final ImmutableList<PodDisruptionBudget> budgets;
  private final int[] allowed;

  Budgets(ImmutableList<PodDisruptionBudget> budgets) {
    this.budgets = budgets;
    this.allowed = new int[budgets.size()];
    for (int i = 0; i < allowed.length; i++) {
      PodDisruptionBudget budget = budgets.get(i);
      allowed[i] = budget.status() == null ? 0 : budget.status().disruptionsAllowed();
    }
  }

  /** The pods whose eviction, after those before them, a budget does not allow. */
  List<NodePod> violating(List<NodePod> pods) {
    List<NodePod> violating = new ArrayList<>();
    for (NodePod pod : pods) {
      boolean violates = false;
      for (int i = 0; i < allowed.length; i++) {
        if (covers(budgets.get(i), pod)) {
          allowed[i]--;
          violates |= allowed[i] < 0;
        }
      }
      if (violates) {
        violating.add(pod);
      }
    }
    return violating;
  }

  private static boolean covers(PodDisruptionBudget budget, NodePod pod) {
    LabelSelector selector = budget.spec().selector();
    boolean empty =
        selector == null
            || (selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty());
    return !empty
        && !pod.info().labels().isEmpty()
        && pod.info().namespace().equals(budget.metadata().namespace())
        && !disrupted(budget, pod)
        && Selector.of(selector).matches(pod.info().labels());
  }

  private static boolean disrupted(PodDisruptionBudget budget, NodePod pod) {
    if (budget.status() == null) {
      return false;
    }
    var disruptedPods = budget.status().rest().get("disruptedPods");
    return disruptedPods != null && disruptedPods.has(pod.pod().name());
  }
}

package io.towtank.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodDisruptionBudgetStatus;
import io.towtank.api.PodDisruptionBudgetStatusBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pod may be evicted, and what that writes before the pod is deleted
 * (pkg/registry/core/pod/storage/eviction.go).
 */
final class Eviction {
  private static final String DISRUPTION_TARGET = "DisruptionTarget";
  private static final int MAX_DISRUPTED_PODS = 2000;
  private static final int NOT_OBSERVED_RETRY_SECONDS = 10;
  private static final String VIOLATION =
      "Cannot evict pod as it would violate the pod's disruption budget.";

  private Eviction() {}

  /**
   * The budget as it is written when the pod is evicted; null where none guards it.
   *
   * @param now nanoseconds since 1970
   * @throws ApiException TooManyRequests where the budget does not allow it; InternalError where
   *     several guard the pod; Forbidden where the budget's status cannot be
   */
  static @Nullable PodDisruptionBudget charge(ApiStore store, Pod pod, long now) {
    if (isUnguarded(pod)) {
      return null;
    }
    List<PodDisruptionBudget> budgets = new ArrayList<>();
    String namespace = pod.metadata().namespace();
    store.forEach(
        Kinds.POD_DISRUPTION_BUDGET,
        namespace == null ? Selection.ALL : Selection.inNamespace(namespace),
        budget -> {
          if (Selector.of(budget.spec().selector()).matches(pod.metadata().labels())) {
            budgets.add(budget);
          }
        });
    if (budgets.isEmpty()) {
      return null;
    }
    if (budgets.size() > 1) {
      throw new ApiException(
          ApiException.Reason.INTERNAL_ERROR,
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
              + " support.");
    }
    PodDisruptionBudget budget = budgets.getFirst();
    return pod.isReady() || !letsUnhealthyGo(budget) ? charged(budget, pod, now) : null;
  }

  /** The pod as it is written before it is deleted. */
  static Pod marked(Pod pod, long now) {
    PodCondition before = pod.status().condition(DISRUPTION_TARGET);
    if (before != null && before.status() == ConditionStatus.TRUE) {
      return pod;
    }
    return pod.withStatus(
        pod.status()
            .withCondition(
                PodConditionBuilder.builder()
                    .type(DISRUPTION_TARGET)
                    .status(ConditionStatus.TRUE)
                    .lastProbeTime(Timestamps.NONE)
                    .lastTransitionTime(Timestamps.toSecond(now))
                    .reason("EvictionByEvictionAPI")
                    .message("Eviction API: evicting")
                    .build()));
  }

  /** eviction.go: canIgnorePDB. */
  private static boolean isUnguarded(Pod pod) {
    PodPhase phase = pod.status().phase();
    return phase.isTerminal()
        || phase == PodPhase.PENDING
        || pod.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  private static PodDisruptionBudgetStatus status(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = budget.status();
    return status == null ? PodDisruptionBudgetStatusBuilder.builder().build() : status;
  }

  /** A pod that is not ready is no loss where enough others are, or where the budget says so. */
  private static boolean letsUnhealthyGo(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = status(budget);
    return "AlwaysAllow".equals(budget.spec().unhealthyPodEvictionPolicy())
        || (status.currentHealthy() >= status.desiredHealthy() && status.desiredHealthy() > 0);
  }

  /** eviction.go: checkAndDecrement. */
  private static PodDisruptionBudget charged(PodDisruptionBudget budget, Pod pod, long now) {
    PodDisruptionBudgetStatus status = status(budget);
    if (status.observedGeneration() < budget.metadata().generation()) {
      throw ApiException.tooManyRequests(VIOLATION, NOT_OBSERVED_RETRY_SECONDS);
    }
    if (status.disruptionsAllowed() < 0) {
      throw ApiException.forbidden(budget, "pdb disruptions allowed is negative");
    }
    JsonNode before = status.rest().get("disruptedPods");
    ObjectNode disrupted = JsonNodeFactory.instance.objectNode();
    if (before instanceof ObjectNode pods) {
      disrupted.setAll(pods);
    }
    if (disrupted.size() > MAX_DISRUPTED_PODS) {
      throw ApiException.forbidden(
          budget, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
    }
    if (status.disruptionsAllowed() == 0) {
      throw ApiException.tooManyRequests(VIOLATION, 0);
    }
    int allowed = status.disruptionsAllowed() - 1;
    disrupted.put(pod.name(), Timestamps.format(now));
    PodDisruptionBudgetStatusBuilder next =
        PodDisruptionBudgetStatusBuilder.builder(status)
            .disruptionsAllowed(allowed)
            .rest(status.rest().with("disruptedPods", disrupted));
    if (allowed == 0) {
      next.conditions(
          status.conditionsWhere(
              ConditionStatus.FALSE, "InsufficientPods", "", status.observedGeneration(), now));
    }
    return budget.withStatus(next.build());
  }
}

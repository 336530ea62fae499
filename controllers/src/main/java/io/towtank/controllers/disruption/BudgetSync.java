package io.towtank.controllers.disruption;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodDisruptionBudgetSpec;
import io.towtank.api.PodDisruptionBudgetStatus;
import io.towtank.api.PodDisruptionBudgetStatusBuilder;
import io.towtank.api.Timestamps;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one look at a PodDisruptionBudget leads to (pkg/controller/disruption). */
public final class BudgetSync {
  /** For how long an evicted pod counts as gone while it is still there (DeletionTimeout). */
  static final long DELETION_TIMEOUT_NANOS = 120_000_000_000L;

  private static final String DISRUPTED_PODS = "disruptedPods";

  private BudgetSync() {}

  /**
   * How many pods there ought to be, and how many of them healthy.
   *
   * @param expected how many pods are counted on
   */
  public record Expectation(int expected, int desiredHealthy) {}

  /** Whether the budget is stated so that it matters what the owners of its pods want. */
  static boolean needsScale(PodDisruptionBudgetSpec spec) {
    return spec.maxUnavailable() != null
        || (spec.minAvailable() != null && spec.minAvailable().text() != null);
  }

  /**
   * What a budget asks for (getExpectedPodCount).
   *
   * @param pods how many it selects
   * @param scale how many their owners want
   * @throws IllegalArgumentException where it is stated as a text that is no percentage
   */
  public static Expectation expectation(PodDisruptionBudgetSpec spec, int pods, int scale) {
    if (spec.maxUnavailable() != null) {
      return new Expectation(scale, Math.max(0, scale - spec.maxUnavailable().scaled(scale, true)));
    }
    if (spec.minAvailable() == null) {
      return new Expectation(0, 0);
    }
    return spec.minAvailable().text() == null
        ? new Expectation(pods, spec.minAvailable().number())
        : new Expectation(scale, spec.minAvailable().scaled(scale, true));
  }

  /** The pods that the eviction API has let go, and when, in nanoseconds since 1970. */
  static ImmutableMap<String, Long> disrupted(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = budget.status();
    JsonNode node = status == null ? null : status.rest().get(DISRUPTED_PODS);
    if (node == null || node.isEmpty()) {
      return ImmutableMap.of();
    }
    Map<String, Long> disrupted = new LinkedHashMap<>();
    node.properties()
        .forEach(
            entry -> disrupted.put(entry.getKey(), Timestamps.parse(entry.getValue().asText())));
    return ImmutableMap.copyOf(disrupted);
  }

  /**
   * The status that a budget ought to have.
   *
   * @param healthy how many pods are ready and are not about to go
   * @param disrupted those of {@link #disrupted} that are still to go
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static PodDisruptionBudgetStatus status(
      PodDisruptionBudget budget,
      Expectation expectation,
      int healthy,
      ImmutableMap<String, Long> disrupted,
      long nowNanos) {
    int allowed =
        expectation.expected() <= 0 ? 0 : Math.max(0, healthy - expectation.desiredHealthy());
    PodDisruptionBudgetStatus old = status(budget);
    ObjectNode pods = JsonNodeFactory.instance.objectNode();
    disrupted.forEach((name, time) -> pods.put(name, Timestamps.format(time)));
    return PodDisruptionBudgetStatusBuilder.builder(old)
        .observedGeneration(budget.metadata().generation())
        .currentHealthy(healthy)
        .desiredHealthy(expectation.desiredHealthy())
        .expectedPods(expectation.expected())
        .disruptionsAllowed(allowed)
        .conditions(
            old.conditionsWhere(
                allowed > 0 ? ConditionStatus.TRUE : ConditionStatus.FALSE,
                allowed > 0 ? "SufficientPods" : "InsufficientPods",
                "",
                budget.metadata().generation(),
                nowNanos))
        .rest(old.rest().with(DISRUPTED_PODS, pods.isEmpty() ? null : pods))
        .build();
  }

  /**
   * The status of a budget about which nothing can be said: no disruption is allowed (failSafe).
   *
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static PodDisruptionBudgetStatus failed(
      PodDisruptionBudget budget, String why, long nowNanos) {
    PodDisruptionBudgetStatus old = status(budget);
    return PodDisruptionBudgetStatusBuilder.builder(old)
        .disruptionsAllowed(0)
        .conditions(
            old.conditionsWhere(
                ConditionStatus.FALSE, "SyncFailed", why, budget.metadata().generation(), nowNanos))
        .build();
  }

  private static PodDisruptionBudgetStatus status(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = budget.status();
    return status == null ? PodDisruptionBudgetStatusBuilder.builder().build() : status;
  }

  /** Whether two statuses say the same; numbers in conditions may be of another width. */
  static boolean same(@Nullable PodDisruptionBudgetStatus a, PodDisruptionBudgetStatus b) {
    if (a == null
        || a.observedGeneration() != b.observedGeneration()
        || a.disruptionsAllowed() != b.disruptionsAllowed()
        || a.currentHealthy() != b.currentHealthy()
        || a.desiredHealthy() != b.desiredHealthy()
        || a.expectedPods() != b.expectedPods()
        || !a.rest().equals(b.rest())
        || a.conditions().size() != b.conditions().size()) {
      return false;
    }
    for (int i = 0; i < a.conditions().size(); i++) {
      Condition one = a.conditions().get(i);
      Condition other = b.conditions().get(i);
      if (!one.type().equals(other.type())
          || one.status() != other.status()
          || !String.valueOf(one.reason()).equals(String.valueOf(other.reason()))
          || observed(one) != observed(other)) {
        return false;
      }
    }
    return true;
  }

  private static long observed(Condition condition) {
    JsonNode generation = condition.rest().get("observedGeneration");
    return generation == null ? 0 : generation.asLong();
  }
}

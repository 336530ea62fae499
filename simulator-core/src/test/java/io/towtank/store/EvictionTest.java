package io.towtank.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.IntOrString;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodDisruptionBudgetSpecBuilder;
import io.towtank.api.PodDisruptionBudgetStatus;
import io.towtank.api.PodDisruptionBudgetStatusBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.time.Simulation;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EvictionTest {
  private final Simulation simulation = new Simulation(1, 1_767_225_600_000_000_000L);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());

  private void pod(PodPhase phase, boolean ready) {
    store.create(TestObjects.pod("default", "p", ImmutableMap.of("app", "web")));
    Pod bound = store.bind("default", "p", "n1");
    PodCondition condition =
        PodConditionBuilder.builder()
            .type("Ready")
            .status(ready ? ConditionStatus.TRUE : ConditionStatus.FALSE)
            .lastProbeTime(Timestamps.NONE)
            .lastTransitionTime(simulation.epochNanos())
            .build();
    store.updateStatus(
        bound.withStatus(
            PodStatusBuilder.builder(bound.status())
                .phase(phase)
                .conditions(ImmutableList.of(condition))
                .build()));
  }

  private void budget(String name, int allowed, int healthy, int desired, @Nullable String policy) {
    PodDisruptionBudget created =
        store.create(
            new PodDisruptionBudget(
                TestObjects.meta("default", name),
                0,
                PodDisruptionBudgetSpecBuilder.builder()
                    .minAvailable(IntOrString.of(desired))
                    .selector(
                        LabelSelectorBuilder.builder()
                            .matchLabels(ImmutableMap.of("app", "web"))
                            .build())
                    .unhealthyPodEvictionPolicy(policy)
                    .build(),
                PodDisruptionBudgetStatusBuilder.builder().build(),
                Fields.NONE));
    store.updateStatus(
        created.withStatus(
            PodDisruptionBudgetStatusBuilder.builder()
                .observedGeneration(1)
                .disruptionsAllowed(allowed)
                .currentHealthy(healthy)
                .desiredHealthy(desired)
                .build()));
  }

  /** {@code left}: how many more disruptions the budget allows afterwards. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # phase   | ready | allowed | healthy | desired | policy          | outcome | left
          Running   | true  | 1       | 3       | 2       | -               | evicted | 0
          Running   | true  | 2       | 4       | 2       | -               | evicted | 1
          Running   | true  | 0       | 2       | 2       | -               | 429     | 0
          Running   | true  | -1      | 2       | 2       | -               | 403     | -1
          Running   | false | 0       | 2       | 2       | -               | evicted | 0
          Running   | false | 0       | 1       | 2       | -               | 429     | 0
          Running   | false | 0       | 0       | 0       | -               | 429     | 0
          Running   | false | 0       | 1       | 2       | IfHealthyBudget | 429     | 0
          Running   | false | 0       | 1       | 2       | AlwaysAllow     | evicted | 0
          Running   | true  | 0       | 1       | 2       | AlwaysAllow     | 429     | 0
          Pending   | false | 0       | 1       | 2       | -               | evicted | 0
          Succeeded | false | 0       | 1       | 2       | -               | evicted | 0
          """)
  void asksTheBudget(
      String phase,
      boolean ready,
      int allowed,
      int healthy,
      int desired,
      @Nullable String policy,
      String outcome,
      int left) {
    pod(PodPhase.valueOf(phase.toUpperCase(Locale.ROOT)), ready);
    budget("b", allowed, healthy, desired, policy);
    String result;
    try {
      store.evict("default", "p", DeleteOptions.DEFAULT);
      result = "evicted";
    } catch (ApiException e) {
      result = "" + e.reason().code();
    }
    assertThat(result).isEqualTo(outcome);
    assertThat(status("b").disruptionsAllowed()).isEqualTo(left);
    Pod pod = store.get(Kinds.POD, "default", "p");
    boolean goes = pod == null || pod.metadata().deletionTimestamp() != Timestamps.NONE;
    assertThat(goes).isEqualTo(outcome.equals("evicted"));
  }

  @Test
  void writesWhoIsBeingDisruptedAndWhy() {
    pod(PodPhase.RUNNING, true);
    budget("b", 1, 3, 2, null);
    Pod evicted = store.evict("default", "p", DeleteOptions.DEFAULT);
    PodDisruptionBudgetStatus status = status("b");
    assertThat(String.valueOf(status.rest().get("disruptedPods")))
        .isEqualTo("{\"p\":\"2026-01-01T00:00:00Z\"}");
    assertThat(status.conditions().getFirst().type()).isEqualTo("DisruptionAllowed");
    assertThat(status.conditions().getFirst().reason()).isEqualTo("InsufficientPods");
    assertThat(evicted.metadata().deletionGracePeriodSeconds()).isEqualTo(30);
    PodCondition target = evicted.status().conditions().getLast();
    assertThat(target.type() + " " + target.reason() + " " + target.message())
        .isEqualTo("DisruptionTarget EvictionByEvictionAPI Eviction API: evicting");
    // Once it is on its way out no budget is asked again.
    store.evict("default", "p", DeleteOptions.NOW);
    assertThat(store.count(Kinds.POD)).isZero();
  }

  @Test
  void goesWithoutABudget() {
    pod(PodPhase.RUNNING, true);
    assertThat(store.evict("default", "p", DeleteOptions.NOW).name()).isEqualTo("p");
    assertThat(store.count(Kinds.POD)).isZero();
  }

  @Test
  void refusesInTheApisWords() {
    ApiException missing =
        catchThrowableOfType(
            ApiException.class, () -> store.evict("default", "q", DeleteOptions.DEFAULT));
    assertThat(missing).hasMessage("pods \"q\" not found");
    pod(PodPhase.RUNNING, true);
    budget("b", 0, 2, 2, null);
    ApiException violation =
        catchThrowableOfType(
            ApiException.class, () -> store.evict("default", "p", DeleteOptions.DEFAULT));
    assertThat(violation)
        .hasMessage("Cannot evict pod as it would violate the pod's disruption budget.");
    assertThat(violation.retryAfterSeconds()).isZero();
    PodDisruptionBudget budget =
        Objects.requireNonNull(store.get(Kinds.POD_DISRUPTION_BUDGET, "default", "b"));
    store.update(
        budget.withSpec(
            PodDisruptionBudgetSpecBuilder.builder(budget.spec())
                .minAvailable(IntOrString.of(1))
                .build()));
    ApiException unobserved =
        catchThrowableOfType(
            ApiException.class, () -> store.evict("default", "p", DeleteOptions.DEFAULT));
    assertThat(unobserved.retryAfterSeconds()).isEqualTo(10);
    budget("c", 1, 2, 2, null);
    ApiException two =
        catchThrowableOfType(
            ApiException.class, () -> store.evict("default", "p", DeleteOptions.DEFAULT));
    assertThat(two.reason().code()).isEqualTo(500);
    assertThat(two).hasMessageStartingWith("This pod has more than one PodDisruptionBudget");
  }

  private PodDisruptionBudgetStatus status(String name) {
    PodDisruptionBudget budget = store.get(Kinds.POD_DISRUPTION_BUDGET, "default", name);
    return Objects.requireNonNull(Objects.requireNonNull(budget).status());
  }
}

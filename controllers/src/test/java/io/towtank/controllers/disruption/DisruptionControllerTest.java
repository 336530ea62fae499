package io.towtank.controllers.disruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodDisruptionBudgetStatus;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.deployment.DeploymentController;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.controllers.workload.PodConditions;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Budgets of a Deployment's pods, and the evictions that they allow. */
class DisruptionControllerTest {
  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.INSTANT)
          .with(DeploymentController::new)
          .with(ReplicaSetController::new)
          .with(DisruptionController::new)
          .start();

  private void budget(String spec) {
    cluster.create(
        """
        {'apiVersion': 'policy/v1', 'kind': 'PodDisruptionBudget',
         'metadata': {'name': 'b', 'namespace': 'default'},
         'spec': {%s 'selector': {'matchLabels': {'app': 'd'}}}}
        """
            .formatted(spec));
    cluster.settle();
  }

  private PodDisruptionBudgetStatus status() {
    return Objects.requireNonNull(cluster.get(Kinds.POD_DISRUPTION_BUDGET, "b").status());
  }

  private void assertStatus(int expected, int desired, int healthy, int allowed) {
    PodDisruptionBudgetStatus status = status();
    assertThat(
            List.of(
                status.expectedPods(),
                status.desiredHealthy(),
                status.currentHealthy(),
                status.disruptionsAllowed()))
        .containsExactly(expected, desired, healthy, allowed);
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(status.conditions())
        .singleElement()
        .satisfies(condition -> {
          assertThat(condition.type()).isEqualTo("DisruptionAllowed");
          assertThat(condition.status())
              .isEqualTo(allowed > 0 ? ConditionStatus.TRUE : ConditionStatus.FALSE);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'minAvailable': 2,      | 5 | 2 | 3",
        "'minAvailable': 7,      | 5 | 7 | 0",
        "'minAvailable': '50%',  | 5 | 3 | 2",
        "'maxUnavailable': 1,    | 5 | 4 | 1",
        "'maxUnavailable': '25%',| 5 | 3 | 2",
        "'maxUnavailable': 9,    | 5 | 0 | 5",
      })
  void says(String spec, int expected, int desired, int allowed) {
    cluster.create(TestCluster.deployment("d", 5, "a", ""));
    cluster.settle();
    budget(spec);
    assertStatus(expected, desired, 5, allowed);
  }

  @Test
  void countsThePodsThatAreWantedNotThoseThatAre() {
    cluster.create(TestCluster.deployment("d", 4, "a", ""));
    cluster.settle();
    budget("'maxUnavailable': 1,");
    cluster.setReady(cluster.activePods().getFirst(), false);
    cluster.settle();
    assertStatus(4, 3, 3, 0);
    cluster.scaleDeployment("d", 8);
    cluster.settle();
    assertStatus(8, 7, 7, 0);
  }

  @Test
  void evictionsAreChargedAndPodsThatComeInTheirPlaceMakeRoom() {
    cluster.create(TestCluster.deployment("d", 3, "a", ""));
    cluster.settle();
    budget("'maxUnavailable': 1,");
    List<Pod> pods = cluster.activePods();
    cluster.store.evict("default", pods.get(0).name(), DeleteOptions.DEFAULT);
    assertThat(status().disruptionsAllowed()).isZero();
    assertThatThrownBy(
            () -> cluster.store.evict("default", pods.get(1).name(), DeleteOptions.DEFAULT))
        .isInstanceOf(ApiException.class);
    cluster.settle();
    assertStatus(3, 2, 3, 1);
    assertThat(status().rest().get("disruptedPods")).isNull();
    cluster.store.evict("default", pods.get(1).name(), DeleteOptions.DEFAULT);
  }

  @Test
  void aPodThatWasToGoAndStaysCountsAgainAfterTwoMinutes() {
    cluster.create(TestCluster.deployment("d", 3, "a", ""));
    cluster.settle();
    budget("'maxUnavailable': 1,");
    Pod pod = cluster.activePods().getFirst();
    // An eviction that was charged to the budget, whose deletion then failed.
    PodDisruptionBudget budget = cluster.get(Kinds.POD_DISRUPTION_BUDGET, "b");
    cluster.store.updateStatus(
        budget.withStatus(
            BudgetSync.status(
                budget,
                new BudgetSync.Expectation(3, 2),
                2,
                ImmutableMap.of(pod.name(), cluster.simulation.epochNanos()),
                cluster.simulation.epochNanos())));
    cluster.store.updateStatus(
        pod.withStatus(
            PodConditions.with(
                pod.status(),
                PodConditions.DISRUPTION_TARGET,
                ConditionStatus.TRUE,
                "EvictionByEvictionAPI",
                "",
                cluster.simulation.epochNanos())));
    cluster.runFor(60);
    assertStatus(3, 2, 2, 0);
    cluster.settle();
    assertStatus(3, 2, 3, 1);
    assertThat(
            Objects.requireNonNull(
                    cluster
                        .get(Kinds.POD, pod.name())
                        .status()
                        .condition(PodConditions.DISRUPTION_TARGET))
                .status())
        .isEqualTo(ConditionStatus.FALSE);
  }

  @Test
  void allowsNothingWhereItCannotTell() {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'Pod',
         'metadata': {'name': 'p', 'namespace': 'default', 'labels': {'app': 'd'},
          'ownerReferences': [{'apiVersion': 'apps/v1', 'kind': 'DaemonSet', 'name': 'x',
           'uid': 'u', 'controller': true}]},
         'spec': {'containers': [{'name': 'c', 'image': 'a'}]}}
        """);
    cluster.runFor(5);
    cluster.create(
        """
        {'apiVersion': 'policy/v1', 'kind': 'PodDisruptionBudget',
         'metadata': {'name': 'b', 'namespace': 'default'},
         'spec': {'maxUnavailable': 1, 'selector': {'matchLabels': {'app': 'd'}}}}
        """);
    cluster.runFor(5);
    assertThat(status().disruptionsAllowed()).isZero();
    assertThat(status().conditions().getFirst().reason()).isEqualTo("SyncFailed");
    assertThat(status().conditions().getFirst().message())
        .isEqualTo("daemonsets.apps does not implement the scale subresource");
  }

  @Test
  void aPodWhoseCountsDoNotChangeCostsNoSync() {
    cluster.create(TestCluster.deployment("d", 3, "a", ""));
    cluster.settle();
    budget("'minAvailable': 1,");
    long before = cluster.recorder.counter("disruption-controller/syncs")[0];
    for (Pod pod : cluster.activePods()) {
      cluster.setReady(pod, true);
      cluster.settle();
    }
    assertThat(cluster.recorder.counter("disruption-controller/syncs")[0]).isEqualTo(before);
  }
}

package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes are drained by evictions, which disruption budgets may refuse. */
class DrainTest {
  private static final String CLUSTER =
      """
      cluster: {nodePools: [{count: 3}]}
      manifests:
      - inline:
        - apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web}
          spec:
            replicas: 6
            selector: {matchLabels: {app: web}}
            template:
              metadata: {labels: {app: web}}
              spec:
                containers: [{name: web, image: "web:1", resources: {requests: {cpu: 1}}}]
        - apiVersion: apps/v1
          kind: DaemonSet
          metadata: {name: log}
          spec:
            selector: {matchLabels: {app: log}}
            template:
              metadata: {labels: {app: log}}
              spec: {containers: [{name: log, image: "log:1"}]}
        - apiVersion: policy/v1
          kind: PodDisruptionBudget
          metadata: {name: web}
          spec: {minAvailable: BUDGET, selector: {matchLabels: {app: web}}}
      """;

  @TempDir private Path directory;

  private RunSummary run(String budget, String rest) {
    return ScenarioText.run(directory, CLUSTER.replace("BUDGET", budget) + rest);
  }

  private static TimelineOutcome last(RunSummary summary) {
    return summary.timeline().get(summary.timeline().size() - 1);
  }

  @Test
  void podsLeaveAsFastAsTheirBudgetAllows() {
    RunSummary summary =
        run(
            "5",
            """
            timeline:
            - {at: 5m, drainNodes: {names: [node-00001]}}
            expectations:
            - get(deployment/web, status.availableReplicas) >= 5 from 5m
            - get(daemonset/log, status.numberReady) == 3
            - nodeStates.cordoned == 1
            - pods.created == 11
            """);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
    assertThat(last(summary).text())
        .matches("drain node-00001: 2 evicted in [0-9.]+s, [1-9] evictions refused");
  }

  @Test
  void aBudgetThatAllowsNothingBlocks() {
    RunSummary summary =
        run(
            "100%",
            """
            timeline:
            - {at: 5m, drainNodes: {names: [node-00001, node-00002]}}
            expectations:
            - count(pods, app=web) == 6
            - nodeStates.cordoned == 2
            """);

    assertThat(summary.ending()).isEqualTo(RunSummary.Ending.IDLE);
    assertThat(summary.passed()).isFalse();
    assertThat(last(summary).what()).startsWith("drain 2 nodes: 0 evicted");
    assertThat(last(summary).problem())
        .startsWith("node-00001 is blocked by 2 pods, such as default/web-")
        .endsWith("Cannot evict pod as it would violate the pod's disruption budget.");
  }

  @Test
  void itGoesOnWhenTheBudgetIsGone() {
    RunSummary summary =
        run(
            "100%",
            """
            timeline:
            - {at: 5m, drainNodes: {count: 2}}
            - {at: 2h, delete: {target: pdb/web}}
            expectations:
            - pods.created == 9 at 119m
            - pods.created == 13
            """);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
    assertThat(summary.timeline().get(0).text()).contains("4 evicted in 1h55m");
  }

  @Test
  void aTimeoutGivesANodeUp() {
    RunSummary summary =
        run(
            "100%",
            """
            timeline:
            - {at: 5m, drainNodes: {names: [node-00001], timeout: 1m}}
            """);

    assertThat(summary.virtualNanos()).isBetween(350_000_000_000L, 400_000_000_000L);
    assertThat(last(summary).problem())
        .startsWith("cannot drain node-00001: the timeout is reached with 2 pods left");
  }

  @Test
  void evictionCanBeDoneWithout() {
    RunSummary summary =
        run(
            "100%",
            """
            timeline:
            - {at: 5m, drainNodes: {names: [node-00001], disableEviction: true, gracePeriod: 1s}}
            expectations:
            - pods.created == 11
            """);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
    assertThat(last(summary).text()).startsWith("drain node-00001: 2 evicted in ");
  }
}

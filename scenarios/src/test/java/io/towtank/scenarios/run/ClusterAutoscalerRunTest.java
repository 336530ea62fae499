package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.autoscaler.CloudProvider;
import io.towtank.autoscaler.ScalingDecision;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose pools grow and shrink, from end to end. */
class ClusterAutoscalerRunTest {
  private static final String CLUSTER =
      """
      cluster:
        nodePools:
        - name: fixed
          count: 10
          template: {capacity: {cpu: 2, memory: 8Gi}}
        - name: spot
          count: 0
          template: {capacity: {cpu: 4, memory: 16Gi}}
          autoscaling: {min: 0, max: 10, pricePerHour: 0.1, provisioning: 1m, stock: STOCK}
      manifests:
      - inline:
        - apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web}
          spec:
            replicas: 0
            selector: {matchLabels: {app: web}}
            template:
              metadata: {labels: {app: web}}
              spec:
                containers: [{name: web, image: "web:1", resources: {requests: {cpu: 3}}}]
      """;

  @TempDir private Path directory;

  private RunSummary run(String stock, String rest) {
    return ScenarioText.run(directory, CLUSTER.replace("STOCK", stock) + rest);
  }

  private static CloudProvider.Use spot(RunSummary summary) {
    return summary.nodeGroups().groups().get(0);
  }

  @Test
  void nothingIsDoneWhileTooManyNodesAreUnready() {
    RunSummary summary =
        run(
            "10",
            """
            timeline:
            - {at: 20m, failNodes: {count: 6, for: 30m}}
            - {at: 30m, scale: {target: deployment/web, replicas: 3}}
            end: {until: 80m}
            expectations:
            - count(pods, app=web) == 3 at 45m
            - that: nodes == 10 from 30m to 49m
              because: 6 of 10 nodes are unready, more than 3 and more than 45 %
            - get(deployment/web, status.availableReplicas) == 3 at 60m
            """);
    assertThat(summary.passed()).isTrue();
    assertThat(spot(summary).added()).isEqualTo(3);
  }

  @Test
  void aNodeThatDiedIsGivenUpThoughItsPodsNeverEnd() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            CLUSTER.replace("STOCK", "10").replace("count: 0", "count: 3")
                + """
                timeline:
                - {at: 1m, scale: {target: deployment/web, replicas: 3}}
                - {at: 5m, failNodes: {names: [spot-00000]}}
                end: {until: 60m}
                expectations:
                - get(deployment/web, status.availableReplicas) == 3 at 25m
                - nodes == 14 at 25m
                - nodes == 13 at 59m
                """);
    assertThat(summary.passed()).isTrue();
    assertThat(spot(summary).removed()).isEqualTo(1);
  }

  @Test
  void nobodyLooksAfterPodsOfTooLittleWorth() {
    RunSummary summary =
        run(
            "10",
            """
            - inline:
              - apiVersion: scheduling.k8s.io/v1
                kind: PriorityClass
                metadata: {name: filler}
                value: -100
              - apiVersion: apps/v1
                kind: Deployment
                metadata: {name: filler}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: filler}}
                  template:
                    metadata: {labels: {app: filler}}
                    spec:
                      priorityClassName: filler
                      containers: [{name: c, image: "i:1", resources: {requests: {cpu: 3}}}]
            timeline:
            - {at: 1m, scale: {target: deployment/web, replicas: 1}}
            - {at: 10m, scale: {target: deployment/web, replicas: 0}}
            - {at: 11m, scale: {target: deployment/filler, replicas: 1}}
            end: {until: 40m}
            expectations:
            - get(deployment/filler, status.availableReplicas) == 1 at 15m
            - that: nodes == 10 at 39m
              because: what is expendable keeps no node
            """);
    assertThat(summary.passed()).isTrue();
    assertThat(spot(summary).removed()).isEqualTo(1);
  }

  @Test
  void aPoolThatHasNoMoreIsLeftAloneForAWhileAndLongerEachTime() {
    RunSummary summary =
        run(
            "2",
            """
            timeline:
            - {at: 1m, scale: {target: deployment/web, replicas: 4}}
            end: {until: 75m}
            """);
    // Asked for 4 at 1m10s, of which 2 come: given up after 15 minutes, tried again after 5 more,
    // and after 10 more when that fails, too.
    assertThat(
            summary.nodeGroups().decisions().stream()
                .map(one ->
                    (one instanceof ScalingDecision.ScaleUp up
                            ? "asks for " + (up.to() - up.from())
                            : "gives up")
                        + " at "
                        + one.atNanos() / 60_000_000_000L))
        .containsExactly(
            "asks for 4 at 1",
            "gives up at 16",
            "asks for 2 at 21",
            "gives up at 36",
            "asks for 2 at 46",
            "gives up at 61");
    assertThat(spot(summary).lost()).isEqualTo(6);
  }

  @Test
  void priorityGoesByTheConfigMapAsItIsNow() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster:
              nodePools:
              - {name: spot, count: 0, autoscaling: {min: 0, max: 10}}
              - {name: steady, count: 0, autoscaling: {min: 0, max: 10}}
            clusterAutoscaler: {expanders: [priority]}
            manifests:
            - inline:
              - apiVersion: v1
                kind: ConfigMap
                metadata: {name: cluster-autoscaler-priority-expander, namespace: kube-system}
                data:
                  priorities: |
                    10: [".*"]
                    50: ["^spot$"]
            arrivals:
            - name: early
              uniform: 1/m
              start: 1m
              count: 1
              pods: [{template: {spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 20}}}]}}}]
            - name: late
              uniform: 1/m
              start: 20m
              count: 1
              pods: [{template: {spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 20}}}]}}}]
            timeline:
            - at: 10m
              apply:
                inline:
                - apiVersion: v1
                  kind: ConfigMap
                  metadata: {name: cluster-autoscaler-priority-expander, namespace: kube-system}
                  data: {priorities: "50: [steady]"}
            end: {until: 30m}
            """);
    assertThat(
            summary.nodeGroups().decisions().stream()
                .filter(ScalingDecision.ScaleUp.class::isInstance)
                .map(one -> one.group().name()))
        .containsExactly("spot", "steady");
  }
}

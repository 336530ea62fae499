package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Durations;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a summary tells of faults, and what they do to a run as a whole. */
class FaultTimelineTest {
  @TempDir private Path directory;

  private List<String> timeline(RunSummary summary) {
    return summary.timeline().stream()
        .map(outcome -> Durations.format(outcome.atNanos()) + " " + outcome.text())
        .toList();
  }

  @Test
  void bothEndsOfAFaultAreTold() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster: {nodePools: [{count: 3}]}
            timeline:
            - {at: 1m, name: dark, failNodes: {zone: zone-1, for: 10m}}
            - {at: 2m, partitionNodes: {count: 100%, for: 1m}}
            - {at: 4m, skewClocks: {names: [node-00000], by: -5m, for: 90s}}
            - {at: 6m, slowDisks: {names: [node-00000], factor: 2.5}}
            - {at: 7m, slowApi: {factor: 20, delay: 1s, components: [kubelet], for: 1m}}
            - {at: 9m, failApi: {rate: 12.5%, error: Conflict, verbs: [update, patch], kinds: [pods], for: 1m}}
            - {at: 12m, loseWatches: {components: [kubelet, kube-scheduler], for: 1m}}
            - {at: 14m, stopComponents: {components: [kube-scheduler], for: 1m}}
            - {at: 16m, failRegistry: {images: ["a/*"]}}
            - {at: 17m, crashContainers: {target: pods/none}}
            - {at: 18m, hangNodes: {names: [node-00000], for: 1m}}
            - {at: 30m, shutDownNodes: {names: [node-00000], for: 5m}}
            """);

    assertThat(timeline(summary))
        .containsExactly(
            "1m dark: fail node-00001 for 10m",
            "2m part from the API 3 nodes for 1m",
            "3m over: part from the API 3 nodes",
            "4m set clocks back by 5m of node-00000 for 1m30s",
            "5m30s over: set clocks back by 5m of node-00000",
            "6m slow disks by 2.5 of node-00000",
            "7m API server 20 times as slow, and 1s more (kubelet) for 1m",
            "8m over: API server 20 times as slow, and 1s more (kubelet)",
            "9m API server refuses 12.5% with Conflict (update, patch; pods) for 1m",
            "10m over: API server refuses 12.5% with Conflict (update, patch; pods)",
            "11m dark: over: fail node-00001",
            "12m watches lost of kubelet, kube-scheduler for 1m",
            "13m over: watches lost of kubelet, kube-scheduler",
            "14m kube-scheduler down for 1m",
            "15m over: kube-scheduler down",
            "16m image registry down for a/*",
            "17m crash containers of pods/none (not done: there is no pods/none)",
            "18m hang kubelets of node-00000 for 1m",
            "19m over: hang kubelets of node-00000",
            "30m shut down node-00000 for 5m",
            "35m over: shut down node-00000");
  }

  @Test
  void aClockThatIsSetBackMakesANodeFlap() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster: {nodePools: [{count: 3}]}
            timeline:
            - {at: 5m, skewClocks: {names: [node-00001], by: -5m}}
            expectations:
            - max(nodeStates.notReady, 5m, 11m) == 1
            - nodeStates.notReady == 0 at 5m30s
            - min(nodeStates.notReady, 6m30s, 9m) == 0
            - nodeStates.notReady == 0
            - controllers.node-lifecycle-controller.nodesLost >= 3
            """);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
  }

  @Test
  void aShutDownNodesPodsAreMadeAnewElsewhere() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster: {nodePools: [{count: 3}]}
            manifests:
            - inline:
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: 6
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: "web:1"}]}
            timeline:
            - {at: 5m, shutDownNodes: {names: [node-00001], for: 10m}}
            expectations:
            - get(deployment/web, status.readyReplicas) == 6 by 6m
            - pods.failed == 2 at 7m
            - nodeStates.notReady == 1 from 5m5s to 14m
            - nodeStates.ready == 3
            - pods.created == 8
            """);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
  }

  @Test
  void aProcessThatIsNeverStoppedIsTheSameAsOneThatMayBe() {
    String cluster =
        """
        cluster: {nodePools: [{count: 3}]}
        manifests:
        - inline:
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 20
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "web:1"}]}
        end: {until: 5m}
        """;
    String stops =
        """
        timeline:
        - at: 5m
          stopComponents: {components: [kube-scheduler, kube-controller-manager], for: 1m}
        """;

    assertThat(ScenarioText.run(directory, cluster + stops).digest())
        .isEqualTo(ScenarioText.run(directory, cluster).digest());
  }

  private List<String> faults(RunSummary summary) {
    return summary.faults().stream()
        .map(fault ->
            Durations.format(fault.fromNanos())
                + " to "
                + (fault.isOver() ? Durations.format(fault.untilNanos()) : "the end")
                + " "
                + fault.label())
        .toList();
  }

  @Test
  void faultsLastFromTheirBeginningToTheirEnd() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster: {nodePools: [{count: 3}]}
            manifests:
              inline:
                apiVersion: v1
                kind: Pod
                metadata: {name: a}
                spec: {containers: [{name: a, image: a}]}
            timeline:
            - {at: 1m, name: dark, failNodes: {zone: zone-1, for: 10m}}
            - {at: 2m, slowDisks: {names: [node-00000], factor: 2}}
            - {at: 3m, failNodes: {names: [node-00000, node-00002]}}
            - {at: 4m, failNodes: {names: [node-00001], for: 5m}}
            - {at: 5m, crashContainers: {target: pods/a}}
            - {at: 6m, restoreNodes: {names: [node-00000]}}
            - {at: 8m, restoreNodes: {}}
            - {at: 20m, stopComponents: {components: [kube-scheduler], for: 1h}}
            end: {until: 30m}
            """);

    assertThat(faults(summary))
        .as("what is over at once, and what hits nobody, is none")
        .containsExactly(
            "1m to 8m dark",
            "2m to the end slow disks by 2 of node-00000",
            "3m to 8m fail 2 nodes",
            "20m to the end kube-scheduler down");
    JsonNode json = SummaryJson.of(summary).get("faults");
    assertThat(json.get(0).toString())
        .isEqualTo("{\"from\":60,\"until\":480,\"name\":\"dark\",\"what\":\"fail node-00001\"}");
    assertThat(json.get(1).get("until").isNull()).isTrue();
  }
}

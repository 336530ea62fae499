package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.Timestamps;
import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Preemption in a whole cluster and in virtual time. Each node has 4 CPUs, of which two pods of no
 * importance have 2 each; they take 30 s to end, and are given 20 s. At 10 s an important pod comes
 * that wants all 4.
 */
class PreemptionTest {
  private static final String CLASSES =
      """
      apiVersion: scheduling.k8s.io/v1
      kind: PriorityClass
      metadata: {name: high}
      value: 1000
      ---
      apiVersion: scheduling.k8s.io/v1
      kind: PriorityClass
      metadata: {name: polite}
      value: 1000
      preemptionPolicy: Never
      ---
      apiVersion: scheduling.k8s.io/v1
      kind: PriorityClass
      metadata: {name: middle}
      value: 500
      ---
      """;

  @TempDir private Path directory;
  private @Nullable SimulatedCluster cluster;

  private static String pod(String name, String labels, int cpu, String more) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, labels: {%s}}
    spec:
      terminationGracePeriodSeconds: 20
      containers: [{name: c, image: i, resources: {requests: {cpu: %d}}}]
      %s
    ---
    """
        .formatted(name, labels, cpu, more);
  }

  private void run(String until, int nodes, String manifest, String... later) throws IOException {
    StringBuilder low = new StringBuilder(CLASSES).append(manifest);
    for (int node = 0; node < nodes; node++) {
      for (String name : List.of("a", "b")) {
        low.append(pod("low-" + node + name, "node: n" + node, 2, "nodeName: node-0000" + node));
      }
    }
    Files.writeString(directory.resolve("low.yaml"), low);
    StringBuilder timeline = new StringBuilder();
    for (int i = 0; i < later.length; i++) {
      Files.writeString(directory.resolve("later-" + i + ".yaml"), later[i]);
      timeline.append("- at: %ds\n  apply: later-%d.yaml\n".formatted(10 + i, i));
    }
    Path scenario = directory.resolve("scenario.yaml");
    Files.writeString(
        scenario,
        """
        apiVersion: towtank.io/v1
        kind: Scenario
        metadata: {name: preemption}
        cluster:
          nodePools:
          - count: %d
            template: {capacity: {cpu: 4, memory: 8Gi}}
        latency: {profile: instant, containerStop: 30s}
        manifests: [low.yaml]
        timeline:
        """
                .formatted(nodes)
            + timeline);
    new ScenarioRunner(
            ScenarioFiles.read(
                    List.of(scenario.toString()),
                    ScenarioOverridesBuilder.builder().until(End.Until.parse(until)).build())
                .scenario(),
            RunOptionsBuilder.builder(RunOptions.DEFAULT)
                .observer(
                    new RunObserver() {
                      @Override
                      public void begins(SimulatedCluster begun) {
                        cluster = begun;
                      }
                    })
                .build())
        .run();
  }

  private @Nullable Pod find(String name) {
    return Objects.requireNonNull(cluster).store().get(Kinds.POD, "default", name);
  }

  private Pod pod(String name) {
    return Objects.requireNonNull(find(name));
  }

  private List<String> leaving() {
    List<String> names = new ArrayList<>();
    for (Pod pod : Objects.requireNonNull(cluster).store().list(Kinds.POD)) {
      if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
        names.add(pod.name());
      }
    }
    return names;
  }

  /** Nobody may leave the first node. */
  private static final String GUARDED =
      """
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata: {name: guarded}
      spec: {minAvailable: 2, selector: {matchLabels: {node: n0}}}
      ---
      """;

  private static final String HIGH = pod("high", "app: high", 4, "priorityClassName: high");

  @Test
  void victimsAreAskedToLeaveAndGivenTheirTime() throws IOException {
    run("29s", 1, "", HIGH);
    assertThat(leaving()).containsExactly("low-0a", "low-0b");
    PodCondition target =
        Objects.requireNonNull(pod("low-0a").status().condition("DisruptionTarget"));
    assertThat(target.reason()).isEqualTo("PreemptionByScheduler");
    Pod high = pod("high");
    assertThat(high.nodeName()).isNull();
    assertThat(high.status().nominatedNodeName()).isEqualTo("node-00000");
    assertThat(Objects.requireNonNull(high.status().condition("PodScheduled")).message())
        .startsWith("0/1 nodes are available: 1 Insufficient cpu.");
  }

  @Test
  void whenTheyAreGoneThePreemptorIsBoundAndRuns() throws IOException {
    run("31s", 1, "", HIGH);
    assertThat(find("low-0a")).isNull();
    assertThat(find("low-0b")).isNull();
    assertThat(pod("high").nodeName()).isEqualTo("node-00000");
    assertThat(pod("high").status().phase()).isEqualTo(PodPhase.RUNNING);
  }

  /** The room of the nominated node is kept free of the less important, not of the more so. */
  @Test
  void lessImportantPodsLeaveTheRoomAlone() throws IOException {
    String middle = pod("middle", "app: middle", 1, "priorityClassName: middle");
    run("29s", 1, "", pod("high", "app: high", 3, "priorityClassName: high"), middle);
    assertThat(leaving()).containsExactly("low-0a", "low-0b");
    assertThat(pod("middle").nodeName()).isNull();
    run("35s", 1, "", pod("high", "app: high", 3, "priorityClassName: high"), middle);
    assertThat(pod("high").nodeName()).isEqualTo("node-00000");
    assertThat(pod("middle").nodeName()).isEqualTo("node-00000");
  }

  @Test
  void aBudgetThatAllowsNobodyToGoHasTheOtherNodeTaken() throws IOException {
    run("31s", 2, GUARDED, HIGH);
    assertThat(pod("high").nodeName()).isEqualTo("node-00001");
    assertThat(pod("low-0a").metadata().deletionTimestamp()).isEqualTo(Timestamps.NONE);
    assertThat(find("low-1a")).isNull();
  }

  @Test
  void whereNoOtherNodeHelpsABudgetIsViolated() throws IOException {
    run("31s", 1, GUARDED, HIGH);
    assertThat(pod("high").nodeName()).isEqualTo("node-00000");
  }

  @Test
  void whoPreemptsNeverWaits() throws IOException {
    run("120s", 1, "", pod("high", "app: high", 4, "priorityClassName: polite"));
    assertThat(leaving()).isEmpty();
    assertThat(pod("high").nodeName()).isNull();
    assertThat(pod("high").status().nominatedNodeName()).isNull();
    assertThat(Objects.requireNonNull(pod("high").status().condition("PodScheduled")).message())
        .contains("not eligible due to preemptionPolicy=Never");
  }
}

package io.towtank.scenarios.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.scenarios.observe.Rollout.Outcome;
import io.towtank.scenarios.observe.Rollout.Step;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import io.towtank.scenarios.run.SummaryJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutsTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path directory;

  private RunSummary run(String timeline, String end) throws IOException {
    Path file = directory.resolve("scenario.yaml");
    Files.writeString(
        file,
        """
        apiVersion: towtank.io/v1
        kind: Scenario
        metadata: {name: rollouts}
        cluster: {nodePools: [{count: 3}]}
        manifests:
          inline:
          - apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 4
              progressDeadlineSeconds: 60
              strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
              selector: {matchLabels: {app: web}}
              template: &template
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "web:1"}]}
          - apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              replicas: 2
              serviceName: db
              selector: {matchLabels: {app: web}}
              template: *template
          - apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: log}
            spec:
              selector: {matchLabels: {app: web}}
              template: *template
        timeline:
        """
            + timeline
            + "\nend: {until: "
            + end
            + "}\n");
    ScenarioFiles files = ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE);
    return new ScenarioRunner(files.scenario(), RunOptions.DEFAULT).run();
  }

  private static ImmutableList<Rollout> of(RunSummary summary, String kind) {
    return summary.rollouts().stream()
        .filter(rollout -> rollout.kind().equals(kind))
        .collect(ImmutableList.toImmutableList());
  }

  @Test
  void followsEveryKindFromItsCreationAndThroughAnUpdate() throws IOException {
    RunSummary summary =
        run(
            """
            - {at: 5m, setImage: {target: deployment/web, image: "web:2"}}
            - {at: 5m, setImage: {target: statefulset/db, image: "web:2"}}
            - {at: 5m, setImage: {target: daemonset/log, image: "web:2"}}
            - {at: 8m, scale: {target: deployment/web, replicas: 6}}
            """,
            "10m");

    for (String kind : List.of("Deployment", "StatefulSet", "DaemonSet")) {
      ImmutableList<Rollout> rollouts = of(summary, kind);
      assertThat(rollouts).as(kind).hasSize(2).allMatch(r -> r.outcome() == Outcome.COMPLETE);
      assertThat(rollouts.get(0).update()).isFalse();
      assertThat(rollouts.get(0).beganNanos()).isZero();
      assertThat(rollouts.get(1).update()).isTrue();
      assertThat(rollouts.get(1).beganNanos()).isBetween(300 * SECOND, 301 * SECOND);
      assertThat(rollouts.get(1).nanos()).isBetween(SECOND, 60 * SECOND);
    }
    Rollout deployment = of(summary, "Deployment").get(1);
    assertThat(deployment.revision()).isEqualTo("2");
    assertThat(deployment.leastAvailable()).isEqualTo(4);
    assertThat(deployment.mostPods()).isEqualTo(5);
    assertThat(deployment.steps().getLast()).isEqualTo(new Step(deployment.endedNanos(), 4, 4, 4));
    // One pod after the other: it has none for as long as the new one takes to start.
    assertThat(of(summary, "StatefulSet").get(1).leastAvailable()).isEqualTo(1);
    assertThat(summary.rolloutDurations().count()).isEqualTo(6);
    assertThat(SummaryJson.of(summary).at("/rollouts/complete").asInt()).isEqualTo(6);
  }

  @Test
  void anotherVersionSupersedesAndAPauseHolds() throws IOException {
    RunSummary summary =
        run(
            """
            - {at: 5m, setImage: {target: deployment/web, image: "web:2"}}
            - {at: 301s, setImage: {target: deployment/web, image: "web:3"}}
            - {at: 8m, setImage: {target: deployment/web, image: "web:4"}}
            - {at: 481s, rolloutPause: {target: deployment/web}}
            """,
            "10m");

    assertThat(of(summary, "Deployment").stream().map(Rollout::outcome))
        .containsExactly(Outcome.COMPLETE, Outcome.SUPERSEDED, Outcome.COMPLETE, Outcome.PAUSED);
    assertThat(of(summary, "Deployment").get(1).nanos()).isBetween(SECOND / 2, 2 * SECOND);
    assertThat(of(summary, "Deployment").get(3).endedNanos()).isEqualTo(600 * SECOND);
  }

  @Test
  void whatCannotRunFailsByItsDeadlineAndMayRecover() throws IOException {
    String full =
        """
        - {at: 5m, cordonNodes: {count: 100%}}
        - {at: 5m, setImage: {target: deployment/web, image: "web:2"}}
        """;
    RunSummary failed = run(full, "10m");
    Rollout update = of(failed, "Deployment").get(1);
    assertThat(update.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(update.deadlineExceeded()).isTrue();
    assertThat(update.leastAvailable()).isEqualTo(4);

    RunSummary recovered = run(full + "- {at: 8m, uncordonNodes: {count: 100%}}\n", "10m");
    update = of(recovered, "Deployment").get(1);
    assertThat(update.outcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(update.deadlineExceeded()).isTrue();
    assertThat(update.endedNanos()).isGreaterThan(480 * SECOND);
  }

  @Test
  void whatIsDeletedEnds() throws IOException {
    RunSummary summary =
        run(
            """
            - {at: 5m, cordonNodes: {count: 100%}}
            - {at: 5m, setImage: {target: deployment/web, image: "web:2"}}
            - {at: 320s, delete: {target: deployment/web}}
            """,
            "10m");
    assertThat(of(summary, "Deployment").getLast().outcome()).isEqualTo(Outcome.DELETED);
    assertThat(of(summary, "Deployment").getLast().nanos()).isBetween(19 * SECOND, 21 * SECOND);
  }

  /** However many there are, the first and the last stay, in order and without repetition. */
  @Test
  void stepsHaveRoom() {
    RolloutSteps steps = new RolloutSteps();
    for (int i = 0; i < 1000; i++) {
      steps.add(new Step(i, 1000, i, 1000));
      steps.add(new Step(i, 1000, i, 1000));
    }
    assertThat(steps.list().size()).isBetween(RolloutSteps.ROOM / 2, RolloutSteps.ROOM);
    assertThat(steps.list().getFirst().updated()).isZero();
    assertThat(steps.list().getLast().updated()).isEqualTo(999);
    assertThat(steps.list().stream().map(Step::nanos)).isSorted().doesNotHaveDuplicates();
  }
}

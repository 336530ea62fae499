package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Service;
import io.towtank.api.StatefulSet;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.time.CheckMode;
import io.towtank.time.StopCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an API server does to what runs write. */
final class ApiServerTest {
  private static final String SCENARIO =
      """
      apiVersion: towtank.io/v1
      kind: Scenario
      metadata: {name: api}
      cluster: {nodePools: [{count: 3}]}
      apiServer: {serviceClusterIPRange: 10.43.0.0/16}
      timeline:
      - at: 1m
        apply:
          inline:
          - {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
          - apiVersion: v1
            kind: Pod
            metadata: {name: tool, namespace: shop}
            spec: {containers: [{name: c, image: x}]}
          - apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {selector: {app: web}, ports: [{port: 80}]}
          - apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: shop}
            spec:
              replicas: 20
              selector: {matchLabels: {app: web}}
              template: &template
                metadata: {labels: {app: web}}
                spec: {containers: [{name: c, image: x}]}
          - apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: shop}
            spec:
              serviceName: db
              selector: {matchLabels: {app: web}}
              template: *template
      end: {until: 3m}
      """;

  @TempDir private Path directory;

  private SimulatedCluster run(String scenario) throws IOException {
    Path file = Files.writeString(directory.resolve("api.yaml"), scenario);
    SimulatedCluster cluster =
        new SimulatedCluster(
            ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE).scenario(),
            CheckMode.CHECKED);
    cluster.simulation().schedule(0, cluster::begin);
    cluster.simulation().run(new StopCondition.Time(180_000_000_000L));
    return cluster;
  }

  @Test
  void whatATimelineAppliesComesOutAsInACluster() throws IOException {
    SimulatedCluster cluster = run(SCENARIO);
    assertThat(cluster.timeline()).allMatch(outcome -> outcome.problem().isEmpty());
    List<Pod> pods = cluster.store().list(Kinds.POD);
    assertThat(pods).hasSize(22);
    assertThat(pods)
        .allSatisfy(pod -> {
          assertThat(pod.status().phase()).isEqualTo(PodPhase.RUNNING);
          assertThat(pod.spec().serviceAccountName()).isEqualTo("default");
          assertThat(pod.spec().restartPolicy()).isEqualTo("Always");
          assertThat(pod.spec().volumes()).hasSize(1);
        });
    List<Pod> web = pods.stream().filter(pod -> pod.name().startsWith("web-")).toList();
    assertThat(web).hasSize(20);
    assertThat(web).allSatisfy(pod -> assertThat(pod.spec()).isSameAs(web.getFirst().spec()));
    Service service = cluster.store().list(Kinds.SERVICE).getFirst();
    assertThat(Objects.requireNonNull(service.spec()).clusterIP()).startsWith("10.43.");
    StatefulSet set = cluster.store().list(Kinds.STATEFUL_SET).getFirst();
    assertThat(set.spec().replicas()).isEqualTo(1);
    assertThat(set.spec().revisionHistoryLimit()).isEqualTo(10);
  }

  @Test
  void summariesSayWhoIsRefusedPods() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("api.yaml"),
            SCENARIO.replace("spec: {containers", "spec: {serviceAccountName: robot, containers"));
    RunSummary summary =
        new ScenarioRunner(
                ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE).scenario(),
                RunOptions.DEFAULT)
            .run();
    assertThat(summary.warnings())
        .anySatisfy(warning ->
            assertThat(warning)
                .startsWith("a replica set is refused pods; web-")
                .endsWith(
                    "error looking up service account shop/robot: serviceaccount \"robot\" not"
                        + " found"));
  }
}

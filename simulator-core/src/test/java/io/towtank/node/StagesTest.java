package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Uid;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.manifest.YamlReader;
import io.towtank.stage.Stage;
import io.towtank.stage.StageReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Stages in KWOK's format steer the pods and nodes that they select; the kubelet runs the rest. */
class StagesTest {
  private static ImmutableList<Stage> read(String name, String text) {
    Problems problems = new Problems();
    ImmutableList.Builder<Stage> stages = ImmutableList.builder();
    for (YamlDocument document : YamlReader.read(name, text, problems)) {
      for (YamlDocument part : StageReader.parts(document, problems)) {
        stages.add(StageReader.read(part, problems));
      }
    }
    problems.throwIfAny();
    return stages.build();
  }

  private static ImmutableList<Stage> stages(String... files) {
    ImmutableList.Builder<Stage> stages = ImmutableList.builder();
    for (String file : files) {
      try (InputStream in = StagesTest.class.getResourceAsStream("stages/" + file + ".yaml")) {
        if (in == null) {
          throw new IllegalArgumentException(file);
        }
        stages.addAll(read(file, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return stages.build();
  }

  private static TestCluster cluster(ImmutableList<Stage> stages) {
    return new TestCluster(
        TestCluster.fixed(),
        new AnnotatedBehaviour(),
        ImageSizes.DEFAULT,
        1,
        store -> {},
        StaticPods.NONE,
        stages);
  }

  private static void change(TestCluster cluster, String name, Consumer<ObjectMetaBuilder> change) {
    Pod pod = cluster.pod(name);
    ObjectMetaBuilder metadata = ObjectMetaBuilder.builder(pod.metadata());
    change.accept(metadata);
    cluster.store.update(pod.withMetadata(metadata.build()));
  }

  @Test
  void stagesBringAPodUpAndDeleteIt() {
    TestCluster cluster = cluster(stages("steps"));
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.delete("web");
    cluster.untilIdle();
    assertThat(cluster.log)
        .containsExactly(
            "1.000 web Pending app:ContainerCreating [IP]",
            // The jitter is the shorter, and so the delay.
            "3.000 web Running app:running! [IRP]",
            // At some time from a second after the deletion to the end of its grace period, 30 s.
            "81.154 web deleted");
    assertThat(cluster.recorder.counters())
        .containsEntry("events/kubelet/Created", 1L)
        .containsEntry("events/kubelet/Killing", 1L)
        .containsEntry("kubelet/stagesPlayed", 3L)
        .containsEntry("kubelet/containersStarted", 0L);
  }

  @Test
  void aPodOfStagesHasAnAddressOfItsNode() {
    TestCluster cluster = cluster(stages("steps"));
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.run("b", "node-00000", spec(container("app", "nginx")));
    cluster.untilIdle();
    assertThat(cluster.pod("a").status().podIP()).isEqualTo("10.0.0.2");
    assertThat(cluster.pod("b").status().podIP()).isEqualTo("10.0.0.3");
    assertThat(cluster.pod("b").status().hostIP()).isEqualTo("172.16.0.1");
    assertThat(cluster.pod("a").spec()).isSameAs(cluster.pod("a").spec());
  }

  @Test
  void initContainersAndSidecarsComeFirst() {
    TestCluster cluster = cluster(stages("steps"));
    cluster.nodes(1);
    Container sidecar =
        ContainerBuilder.builder(container("proxy", "proxy")).restartPolicy("Always").build();
    PodSpec spec =
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .initContainers(ImmutableList.of(container("setup", "setup"), sidecar))
            .build();
    cluster.run("web", "node-00000", spec);
    cluster.untilIdle();
    assertThat(cluster.log)
        .containsExactly(
            "1.000 web Pending setup:PodInitializing proxy:PodInitializing app:PodInitializing [P]",
            "3.000 web Pending setup:Completed(0)! proxy:running! app:PodInitializing [IP]",
            "5.000 web Running setup:Completed(0)! proxy:running! app:running! [IRP]");
  }

  @Test
  void annotationsOfThePodSayHowLongAStageWaits() {
    TestCluster cluster = cluster(stages("steps"));
    cluster.nodes(1);
    cluster.run(
        "job",
        "node-00000",
        spec(container("work", "work")),
        ImmutableMap.of("created.stage/delay", "1.5s", "completed.stage/delay", "1m30s"));
    change(
        cluster,
        "job",
        metadata ->
            metadata.ownerReferences(
                ImmutableList.of(
                    new OwnerReference(
                        "batch/v1", "Job", "j", Uid.of(1, 1), true, true, Fields.NONE))));
    cluster.untilIdle();
    assertThat(cluster.log)
        .containsExactly(
            // The jitter, of a second, is the shorter one.
            "1.000 job Pending work:ContainerCreating [IP]",
            "3.000 job Running work:running! [IRP]",
            "93.000 job Succeeded work:Completed(0) [IRP]");
  }

  @Test
  void finalizersGoBeforeThePod() {
    TestCluster cluster = cluster(stages("steps"));
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    change(cluster, "web", metadata -> metadata.finalizers(ImmutableList.of("example.com/kept")));
    cluster.until(10);
    cluster.delete("web");
    cluster.until(11);
    assertThat(cluster.pod("web").metadata().finalizers()).isEmpty();
    cluster.untilIdle();
    assertThat(cluster.log.getLast()).isEqualTo("11.654 web deleted");
  }

  @Test
  void aStageTakesARunningPodFromItsKubelet() {
    TestCluster cluster = cluster(stages("failing"));
    cluster.nodes(1);
    ImmutableMap<String, String> annotations =
        ImmutableMap.of("failing.stage/container", "b", "failing.stage/exit-code", "42");
    PodSpec spec = spec(container("a", "nginx"), container("b", "nginx"));
    cluster.run("bad", "node-00000", spec, annotations);
    cluster.run("good", "node-00000", spec, annotations);
    change(cluster, "bad", metadata -> metadata.labels(ImmutableMap.of("failing.stage", "true")));
    cluster.until(100);
    assertThat(cluster.log)
        .contains("49.000 bad Failed a:running! b:Broken(42)*1 [SICP]")
        .noneMatch(line -> line.contains("good Failed"));
    assertThat(cluster.log.getLast()).startsWith("49.000 bad");
    // What it had of the node is free again.
    cluster.delete("good");
    cluster.delete("bad");
    cluster.untilIdle();
    assertThat(cluster.store.get(Kinds.POD, "default", "bad")).isNull();
    assertThat(cluster.store.get(Kinds.POD, "default", "good")).isNull();
  }

  @Test
  void aPodThatNoStageDeletesIsDeletedByItsKubelet() {
    TestCluster cluster =
        cluster(
            stages("steps").stream()
                .filter(stage -> !stage.name().equals("deleted"))
                .collect(ImmutableList.toImmutableList()));
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(10);
    cluster.delete("web");
    cluster.untilIdle();
    assertThat(cluster.log.getLast()).isEqualTo("10.000 web deleted");
  }

  @Test
  void aChangeBeforeAStageBeginsItsDelayAnew() {
    TestCluster cluster = cluster(stages("steps"));
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(0.6);
    change(cluster, "web", metadata -> metadata.labels(ImmutableMap.of("a", "b")));
    cluster.untilIdle();
    assertThat(cluster.log.getFirst()).startsWith("1.600 web Pending");
  }

  @Test
  void aStageWithoutWeightYields() {
    ImmutableList<Stage> stages =
        read(
            "s.yaml",
            """
            {apiVersion: kwok.x-k8s.io/v1alpha1, kind: Stage, metadata: {name: a}, spec: {
              resourceRef: {kind: Pod}, selector: {matchLabels: {}, matchExpressions: [
                {key: .status.phase, operator: NotIn, values: [Running, Failed]}]},
              weightFrom: {expressionFrom: '.metadata.annotations["weight"]'},
              next: {statusTemplate: "phase: Failed"}}}
            ---
            {apiVersion: kwok.x-k8s.io/v1alpha1, kind: Stage, metadata: {name: b}, spec: {
              resourceRef: {kind: Pod}, selector: {matchExpressions: [
                {key: .status.phase, operator: NotIn, values: [Running, Failed]}]},
              weight: 1, next: {statusTemplate: "phase: Running"}}}
            """);
    TestCluster cluster = cluster(stages);
    cluster.nodes(1);
    for (int i = 0; i < 20; i++) {
      cluster.run("light-" + i, "node-00000", spec(container("app", "nginx")));
      cluster.run(
          "even-" + i,
          "node-00000",
          spec(container("app", "nginx")),
          ImmutableMap.of("weight", "1"));
    }
    cluster.untilIdle();
    assertThat(cluster.log).noneMatch(line -> line.contains("light") && line.contains("Failed"));
    assertThat(cluster.log).anyMatch(line -> line.contains("even") && line.contains("Failed"));
    assertThat(cluster.log).anyMatch(line -> line.contains("even") && line.contains("Running"));
  }

  @Test
  void patchesOfAllKindsMayChangeMoreThanTheStatus() {
    ImmutableList<Stage> stages =
        read(
            "s.yaml",
            """
            apiVersion: kwok.x-k8s.io/v1alpha1
            kind: Stage
            metadata: {name: marked}
            spec:
              resourceRef: {kind: Pod}
              selector:
                matchExpressions: [{key: '.metadata.annotations["marked"]', operator: DoesNotExist}]
              immediateNextStage: true
              next:
                patches:
                - root: metadata
                  type: merge
                  template: '{annotations: {marked: {{ .metadata.name | upper | quote }}}}'
                - root: metadata
                  type: json
                  template: '[{op: add, path: /labels, value: {many: "{{ mul 6 7 }}"}}]'
                - subresource: status
                  template: '{status: {phase: Running}}'
            """);
    TestCluster cluster = cluster(stages);
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.untilIdle();
    Pod pod = cluster.pod("web");
    assertThat(pod.metadata().annotations()).containsEntry("marked", "WEB");
    assertThat(pod.metadata().labels()).containsEntry("many", "42");
    assertThat(pod.status().phase()).hasToString("Running");
  }

  private static String ready(Node node) {
    for (NodeCondition condition : node.status().conditions()) {
      if (condition.type().equals("Ready")) {
        return condition.status() + "/" + condition.reason();
      }
    }
    return "none";
  }

  @Test
  void stagesBringANodeUpTellThatItLivesAndLetItFail() {
    TestCluster cluster = cluster(stages("nodes"));
    cluster.nodes(1);
    cluster.until(4);
    assertThat(ready(cluster.node("node-00000"))).isEqualTo("none");
    cluster.until(6);
    Node up = cluster.node("node-00000");
    assertThat(ready(up)).isEqualTo("True/KubeletReady");
    assertThat(up.status().conditions()).hasSize(5);
    assertThat(up.status().addresses()).hasSize(2);
    assertThat(up.status().allocatable().get("cpu")).hasToString("32");
    long before = up.resourceVersion();
    cluster.until(200);
    Node alive = cluster.node("node-00000");
    assertThat(alive.resourceVersion()).isGreaterThan(before);
    assertThat(alive.status().conditions().get(0).lastHeartbeatTime())
        .isEqualTo(TestCluster.START + 185 * TestCluster.SECOND);
    cluster.store.update(
        alive.withMetadata(
            ObjectMetaBuilder.builder(alive.metadata())
                .labels(
                    ImmutableMap.<String, String>builder()
                        .putAll(alive.metadata().labels())
                        .put("down.stage", "true")
                        .buildOrThrow())
                .build()));
    cluster.until(400);
    assertThat(ready(cluster.node("node-00000"))).isEqualTo("False/nodeFailed");
    assertThat(cluster.recorder.counters()).containsEntry("events/kubelet/NodeDown", 1L);
  }

  @Test
  void heartbeatsKeepNoRunFromBeingIdle() {
    TestCluster cluster = cluster(stages("nodes"));
    cluster.nodes(1);
    cluster.untilIdle();
    assertThat(cluster.simulation.nanos()).isLessThan(100 * TestCluster.SECOND);
  }

  @Test
  void aNodeThatIsDownPlaysNoStages() {
    TestCluster cluster = cluster(stages("steps"));
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(2);
    cluster.faults.fail(ImmutableList.of("node-00000"));
    cluster.until(20);
    assertThat(cluster.log).hasSize(1);
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.log.getLast()).isEqualTo("22.000 web Running app:running! [IRP]");
    assertThat(cluster.pod("web").status().podIP()).isEqualTo("10.0.0.2");
  }

  @Test
  void aTemplateThatMakesNothingUsefulIsAMistakeWithItsPlace() {
    ImmutableList<Stage> stages =
        read(
            "my.yaml",
            """
            apiVersion: kwok.x-k8s.io/v1alpha1
            kind: Stage
            metadata: {name: wrong}
            spec:
              resourceRef: {kind: Pod}
              selector: {}
              next:
                statusTemplate: |
                  phase: Running
                  containerStatuses:
                  - {{ ( index .status.containerStatuses 3 ).name }}
            """);
    TestCluster cluster = cluster(stages);
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    assertThatThrownBy(cluster::untilIdle)
        .isInstanceOf(ManifestException.class)
        .hasMessage(
            "my.yaml:11:1: spec.next.statusTemplate: run on Pod web: index: index of what is not"
                + " there");
  }

  @Test
  void aPatchThatTheApiRefusesIsAMistakeToo() {
    ImmutableList<Stage> stages =
        read(
            "my.yaml",
            """
            apiVersion: kwok.x-k8s.io/v1alpha1
            kind: Stage
            metadata: {name: wrong}
            spec:
              resourceRef: {kind: Pod}
              selector: {}
              next: {statusTemplate: "startTime: never"}
            """);
    TestCluster cluster = cluster(stages);
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    assertThatThrownBy(cluster::untilIdle)
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("my.yaml:7:1: spec.next.statusTemplate: run on Pod web: ")
        .hasMessageContaining("never");
  }
}

package io.towtank.scenarios.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunOptionsBuilder;
import io.towtank.scenarios.run.ScenarioRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod of a real cluster is explained from what {@code kubectl get} prints of it. */
class SnapshotTest {
  private static final String NODE =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: a, uid: 00000000-0000-0000-0000-00000000000a, labels: {kubernetes.io/hostname: a}}
      status:
        capacity: {cpu: "2", memory: 8Gi, pods: "110"}
        allocatable: {cpu: "2", memory: 8Gi, pods: "110"}
        conditions: [{type: Ready, status: "True"}]
      ---
      """;
  private static final String OWNED =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: old
        namespace: shop
        uid: 00000000-0000-0000-0000-00000000000b
        resourceVersion: "77"
        creationTimestamp: "2026-01-01T00:00:00Z"
        labels: {app: shop}
        ownerReferences:
        - {apiVersion: apps/v1, kind: ReplicaSet, name: rs, uid: 00000000-0000-0000-0000-00000000000c, controller: true}
      spec:
        nodeName: a
        containers: [{name: c, image: i, resources: {requests: {cpu: 1500m}}}]
      status: {phase: Running}
      ---
      """;
  private static final String WAITING =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: shop, uid: 00000000-0000-0000-0000-00000000000d}
      spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]}
      ---
      """;
  private static final String REPLICA_SET =
      """
      apiVersion: apps/v1
      kind: ReplicaSet
      metadata: {name: rs, namespace: shop, uid: 00000000-0000-0000-0000-00000000000c}
      spec:
        replicas: 1
        selector: {matchLabels: {app: shop}}
        template:
          metadata: {labels: {app: shop}}
          spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1500m}}}]}
      ---
      """;

  @TempDir private Path directory;

  private ScenarioFiles read(String manifests) throws IOException {
    Path file = directory.resolve("now.yaml");
    Files.writeString(file, manifests);
    return ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE);
  }

  private static String explain(ScenarioFiles files, String pod) {
    PodExplainer explainer = new PodExplainer(pod);
    new ScenarioRunner(
            files.scenario(),
            RunOptionsBuilder.builder(RunOptions.DEFAULT).observer(explainer).build())
        .run();
    return ExplanationText.of(explainer.explanation(), false);
  }

  @Test
  void podsKeepTheirNodesWithoutNamespacesAndOwners() throws IOException {
    ScenarioFiles files = read(NODE + OWNED + WAITING);
    assertThat(explain(files, "old")).contains("came with its node, a");
    assertThat(explain(files, "web"))
        .contains("1 Insufficient cpu", "ask for at most 500m of cpu instead of 1");
  }

  @Test
  void ownersThatAreThereKeepWhatTheyOwn() throws IOException {
    ScenarioFiles files = read(NODE + OWNED + REPLICA_SET);
    assertThat(explain(files, "old")).contains("came with its node, a");
  }
}

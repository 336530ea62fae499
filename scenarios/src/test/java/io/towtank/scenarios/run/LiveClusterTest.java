package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.Resources;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.store.ApiStore;
import io.towtank.time.CheckMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists that were taken from a live cluster with kubectl get -o yaml. */
class LiveClusterTest {
  @TempDir private Path directory;

  /** A run of the list, of which some is left out. */
  private record Run(ScenarioFiles files, RunSummary summary, ApiStore store) {
    private Pod pod(String name) {
      return Objects.requireNonNull(store.get(Kinds.POD, "shop", name), name);
    }
  }

  private Run run(UnaryOperator<String> change, String... more) throws IOException {
    String text =
        Resources.toString(
            Resources.getResource(LiveClusterTest.class, "live-cluster.yaml"),
            StandardCharsets.UTF_8);
    Path list = directory.resolve("live.yaml");
    Files.writeString(list, change.apply(text));
    List<String> names = new ArrayList<>(List.of(list.toString()));
    for (String scenario : more) {
      Path file = directory.resolve("scenario.yaml");
      Files.writeString(file, scenario);
      names.add(file.toString());
    }
    ScenarioFiles files = ScenarioFiles.read(names, ScenarioOverrides.NONE);
    ApiStore[] store = new ApiStore[1];
    RunObserver observer =
        new RunObserver() {
          @Override
          public void begins(SimulatedCluster cluster) {
            store[0] = cluster.store();
          }
        };
    RunSummary summary =
        new ScenarioRunner(
                files.scenario(),
                RunOptionsBuilder.builder(RunOptions.DEFAULT)
                    .check(CheckMode.CHECKED)
                    .observer(observer)
                    .build())
            .run();
    return new Run(files, summary, store[0]);
  }

  /** The list without the items of a kind. */
  private static String without(String list, String kind) {
    return Pattern.compile("(?m)^- apiVersion: \\S+\\n  kind: " + kind + "\\n(  .*\\n)*")
        .matcher(list)
        .replaceAll("");
  }

  @Test
  void everythingGoesOnWhereItWas() throws IOException {
    Run run = run(text -> text);

    assertThat(run.files().notes()).isEmpty();
    assertThat(run.summary().pods().created()).isEqualTo(4);
    assertThat(run.summary().pods().deleted()).isZero();
    assertThat(run.summary().scheduling().attempts()).isZero();
    Pod pod = run.pod("web-6d4cf56db6-aaaaa");
    assertThat(pod.nodeName()).isEqualTo("worker-1");
    assertThat(pod.isReady()).isTrue();
    assertThat(pod.status().podIP()).startsWith("10.244.1.");
    assertThat(pod.metadata().ownerReferences().getFirst().uid())
        .isEqualTo(Uid.parse("0000004e-1111-4222-8333-444455556666"));
    assertThat(run.store().count(Kinds.REPLICA_SET)).isEqualTo(1);
  }

  @Test
  void timeGoesOnFromTheLatestThatItTells() throws IOException {
    assertThat(run(text -> text).files().scenario().startEpochNanos())
        .isEqualTo(Timestamps.parse("2025-11-20T08:15:00Z"));
  }

  @Test
  void theNodeOfAPodFailsAndItsPodsComeBackElsewhere() throws IOException {
    Run run =
        run(
            text -> text,
            """
            apiVersion: towtank.io/v1
            kind: Scenario
            metadata: {name: live}
            timeline:
            - {at: 1m, failNodes: {names: [worker-2]}}
            end: {until: 20m}
            expectations:
            - get(deployment/shop/web, status.readyReplicas) == 3
            """);

    assertThat(run.summary().passed()).as(SummaryText.of(run.summary(), false, true)).isTrue();
    assertThat(run.pod("web-6d4cf56db6-aaaaa").nodeName()).isEqualTo("worker-1");
  }

  @Test
  void podsWithoutTheirOwnersStayAndTheirAuthorIsTold() throws IOException {
    Run run = run(text -> without(without(text, "ReplicaSet"), "Deployment"));

    assertThat(run.summary().pods().running()).isEqualTo(4);
    assertThat(run.summary().pods().deleted()).isZero();
    assertThat(run.files().notes()).hasSize(1);
    assertThat(run.files().notes().getFirst().toString())
        .contains("live.yaml:")
        .contains("3 objects here are owned by what is not among the files")
        .contains("ReplicaSet web-6d4cf56db6");
  }

  @Test
  void podsWithoutTheirNodesAreScheduledAnew() throws IOException {
    Run run = run(text -> without(text, "Node"));

    assertThat(run.summary().pods().running()).isEqualTo(4);
    assertThat(run.summary().scheduling().scheduled()).isEqualTo(4);
    assertThat(run.pod("web-6d4cf56db6-aaaaa").nodeName()).startsWith("node-");
    assertThat(run.files().notes().toString())
        .contains("4 pods here are on nodes that are not among the files (worker-1, worker-2)");
  }

  @Test
  void theNamespaceOfWhatIsThereIsThereToo() throws IOException {
    Run run = run(text -> without(text, "Namespace"));

    assertThat(run.summary().pods().running()).isEqualTo(4);
    assertThat(run.store().get(Kinds.NAMESPACE, null, "shop")).isNotNull();
    assertThat(run.files().notes().toString()).contains("made shop");
  }
}

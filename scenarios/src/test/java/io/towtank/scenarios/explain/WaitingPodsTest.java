package io.towtank.scenarios.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunOptionsBuilder;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import io.towtank.scenarios.run.SimulatedCluster;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingPodsTest {
  @TempDir private Path directory;

  private static String deployment(String name, int replicas, String nodeSelector) {
    return """
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s}
    spec:
      replicas: %2$d
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata: {labels: {app: %1$s}}
        spec:
          containers: [{name: c, image: i}]
          nodeSelector: {%3$s}
    """
        .formatted(name, replicas, nodeSelector);
  }

  private WaitingPods waiting(String manifest, int most) throws IOException {
    return waiting(manifest, ImmutableSet.of(), most);
  }

  private WaitingPods waiting(String manifest, ImmutableSet<String> explained, int most)
      throws IOException {
    Path file = Files.writeString(directory.resolve("app.yaml"), manifest);
    List<WaitingPods> found = new ArrayList<>();
    RunObserver observer =
        new RunObserver() {
          @Override
          public void ended(SimulatedCluster cluster, RunSummary summary) {
            found.add(WaitingPods.of(cluster, explained, most));
          }
        };
    new ScenarioRunner(
            ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE).scenario(),
            RunOptionsBuilder.builder(RunOptions.DEFAULT).observer(observer).build())
        .run();
    return found.getFirst();
  }

  @Test
  void templatesWithTheMostPodsAreExplainedAndTheOthersCounted() throws IOException {
    WaitingPods waiting =
        waiting(
            deployment("few", 2, "disk: a")
                + deployment("many", 5, "disk: b")
                + deployment("some", 3, "disk: c")
                + deployment("placed", 4, ""),
            2);
    assertThat(waiting.templates())
        .extracting(template -> template.pod().pod().replaceAll("-.*", "") + " " + template.count())
        .containsExactly("default/many 5", "default/some 3");
    assertThat(waiting.templatesLeftOut()).isEqualTo(1);
    assertThat(waiting.podsLeftOut()).isEqualTo(2);
    assertThat(waiting.templates().getFirst().pod().ways())
        .anySatisfy(
            way -> assertThat(way.changes().getFirst()).startsWith("label the node disk=b"));
  }

  @Test
  void podsThatAreExplainedElsewhereAreLeftOut() throws IOException {
    assertThat(
            waiting(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: big}
                    spec: {containers: [{name: c, image: i}], nodeSelector: {disk: a}}
                    """,
                    ImmutableSet.of("default/big"),
                    10)
                .templates())
        .isEmpty();
  }

  @Test
  void whereAllPodsHaveNodesThereIsNothingToTell() throws IOException {
    assertThat(waiting(deployment("placed", 4, ""), 10))
        .isEqualTo(new WaitingPods(ImmutableList.of(), 0, 0));
  }

  @Test
  void nodesThatFaredAlikeAreOneGroup() {
    Status cpu = Status.unschedulable("Insufficient cpu").by("NodeResourcesFit");
    Status taint = Status.unresolvable("node(s) had untolerated taint {x: }").by("TaintToleration");
    Decision.NodeScore high = score(90);
    Decision.NodeScore low = score(10);
    Decision decision =
        new Decision(
            "default/p",
            Decision.Outcome.SCHEDULED,
            null,
            ImmutableList.of(),
            ImmutableMap.of("t", taint, "u", cpu, "v", cpu),
            ImmutableMap.of("a", low, "b", score(90), "c", high, "d", low),
            ImmutableList.of("b", "c"),
            7,
            "c",
            null,
            null);
    assertThat(EqualNodes.turnedDown(decision))
        .containsExactly(
            new EqualNodes.TurnedDown(cpu, ImmutableList.of("u", "v")),
            new EqualNodes.TurnedDown(taint, ImmutableList.of("t")));
    assertThat(EqualNodes.scored(decision))
        .containsExactly(
            new EqualNodes.Scored(high, ImmutableList.of("c", "b")),
            new EqualNodes.Scored(low, ImmutableList.of("a", "d")));
  }

  private static Decision.NodeScore score(long total) {
    return new Decision.NodeScore(
        total, ImmutableMap.of("P", new Decision.PluginScore(total, total, 1)));
  }
}

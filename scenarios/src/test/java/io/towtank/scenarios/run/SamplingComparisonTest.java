package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scheduler.compareSampling}: told where asked for, and never felt. */
class SamplingComparisonTest {
  @TempDir private Path directory;

  /** Of 300 nodes 10 are preferred; the scheduler is started anew in between. */
  private RunSummary run(String scheduler) throws IOException {
    Path file = directory.resolve("scenario.yaml");
    Files.writeString(
        file,
        """
        apiVersion: towtank.io/v1
        kind: Scenario
        metadata: {name: s}
        cluster:
          nodePools:
          - {count: 290, template: {capacity: {cpu: 8, memory: 32Gi}}}
          - {name: few, count: 10, template: {capacity: {cpu: 8, memory: 32Gi}, labels: {disk: fast}}}
        scheduler:
          %s
        timeline:
        - {at: 1m, stopComponents: {components: [kube-scheduler], for: 1m}}
        - {at: 3m, scale: {target: deployment/web, replicas: 30}}
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
                spec:
                  affinity:
                    nodeAffinity:
                      preferredDuringSchedulingIgnoredDuringExecution:
                      - weight: 1
                        preference: {matchExpressions: [{key: disk, operator: In, values: [fast]}]}
                  containers: [{name: c, image: i, resources: {requests: {cpu: "1", memory: 4Gi}}}]
        """
            .formatted(scheduler));
    return new ScenarioRunner(
            ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE).scenario(),
            RunOptions.DEFAULT)
        .run();
  }

  private static String configuration(int percentage) {
    return "configuration: {apiVersion: kubescheduler.config.k8s.io/v1,"
        + " kind: KubeSchedulerConfiguration, percentageOfNodesToScore: "
        + percentage
        + "}";
  }

  @ParameterizedTest
  @CsvSource({"100, false, 0", "0, true, 10", "34, true, 12"})
  void isToldAndChangesNothing(int percentage, boolean sampled, int least) throws IOException {
    RunSummary without = run(configuration(percentage));
    RunSummary with = run(configuration(percentage) + "\n  compareSampling: true");
    assertThat(with.digest()).isEqualTo(without.digest());
    assertThat(without.scheduling().sampling()).isEmpty();
    assertThat(SummaryJson.of(without).at("/scheduling/sampling")).isEmpty();

    JsonNode json = SummaryJson.of(with).at("/scheduling/sampling/default-scheduler");
    assertThat(json.path("sampled").asBoolean()).isEqualTo(sampled);
    assertThat(json.path("decisions").asInt()).isEqualTo(30);
    assertThat(json.path("elsewhere").asInt()).isBetween(least, 30);
    assertThat(json.at("/loss/max").asInt()).isBetween(150, 300);
    assertThat(json.at("/loss/mean").asDouble()).isBetween(1.0, 300.0);
    assertThat(json.path("nodes").asInt()).isEqualTo(300);
    assertThat(json.path("nodesLookedAt").asInt()).isEqualTo(percentage == 34 ? 102 : 144);
  }

  @Test
  void textSaysItBothWays() throws IOException {
    assertThat(SummaryText.of(run("compareSampling: true"), false, false))
        .containsPattern(
            "\n"
                + "Sampling     default-scheduler scored all nodes; by samples, kube-scheduler's"
                + " default, \\d+ of 30 pods \\(\\d+ %\\) would have got a node that is not among"
                + " the best of all\n"
                + "             [\\d.]+ lower in score on average, 2\\d\\d at p99, 2\\d\\d at most;"
                + " the best had [\\d.]+ · a sample looked at 144 of 300 nodes\n")
        .doesNotContain("percentageOfNodesToScore");
    assertThat(SummaryText.of(run(configuration(0) + "\n  compareSampling: true"), false, false))
        .containsPattern(
            "default-scheduler scored samples: \\d+ of 30 pods \\(\\d+ %\\) got a node that");
  }
}

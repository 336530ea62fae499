package io.towtank.scenarios.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.towtank.manifest.ManifestException;
import io.towtank.node.AnnotatedBehaviour;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What containers do, said in a scenario or by annotations; mistakes are told with their place. */
class BehaviourReaderTest {
  private static final String HEADER =
      "apiVersion: towtank.io/v1\nkind: Scenario\nmetadata: {name: a}\n";

  @TempDir private Path directory;

  private Scenario read(String text) {
    try {
      Path file = Files.writeString(directory.resolve("s.yaml"), text);
      return ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE).scenario();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String mistake(String text) {
    ManifestException mistake = catchThrowableOfType(ManifestException.class, () -> read(text));
    return String.valueOf(mistake.getMessage()).replace(directory + "/", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "runFor: soon => s.yaml:4:23: behaviours[0].runFor: \"soon\" is no distribution",
        "exitCode: 300 => s.yaml:4:25: behaviours[0].exitCode: \"300\" is no exit code: it is a"
            + " number from 0 to 255",
        "failureRate: 2 => behaviours[0].failureRate: \"2\" is no part of all runs",
        "memoryUse: much => behaviours[0].memoryUse: \"much\" is neither a quantity",
        "memoryGrowth: 1Mi => behaviours[0].memoryGrowth: \"1Mi\" is no growth",
        "cpuUse: much => behaviours[0].cpuUse: \"much\" is neither a quantity",
        "selector: 'a in' => behaviours[0].selector: unable to parse requirement",
        "runfor: 1s => behaviours[0].runfor: unknown field \"runfor\"; did you mean \"runFor\"?",
      })
  void tellsWhatIsWrongInAScenario(String field, String problem) {
    assertThat(mistake(HEADER + "behaviours: [{" + field + "}]\n")).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "towtank.io/run-for: soon => s.yaml:6:27: metadata.annotations[towtank.io/run-for]:"
            + " \"soon\" is no distribution",
        "towtank.io/runs-for: 1s => s.yaml:6:7: metadata.annotations[towtank.io/runs-for]: there is"
            + " no annotation \"towtank.io/runs-for\"; did you mean \"towtank.io/run-for\"?",
        "towtank.io/cpu-use: 1x => \"1x\" is neither a quantity",
      })
  void tellsWhatIsWrongInAnAnnotation(String annotation, String problem) {
    assertThat(
            mistake(
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: p
                  annotations:
                      %s
                spec:
                  containers: [{name: a, image: a}]
                """
                    .formatted(annotation)))
        .contains(problem);
  }

  @Test
  void tellsWhatIsWrongInTheTemplateOfACronJobInAList() {
    assertThat(
            mistake(
                """
                apiVersion: v1
                kind: List
                items:
                - apiVersion: batch/v1
                  kind: CronJob
                  metadata: {name: c}
                  spec:
                    schedule: "* * * * *"
                    jobTemplate:
                      spec:
                        template:
                          metadata:
                            annotations: {towtank.io/exit-code: "x"}
                          spec:
                            restartPolicy: Never
                            containers: [{name: a, image: a}]
                """))
        .startsWith(
            "s.yaml:13:49:"
                + " items[0].spec.jobTemplate.spec.template.metadata.annotations[towtank.io/exit-code]:"
                + " \"x\" is no exit code");
  }

  @Test
  void whatAScenarioSaysHappens() {
    Scenario scenario =
        read(
            HEADER
                + """
                cluster: {nodePools: [{count: 1}]}
                end: {until: 10m}
                behaviours:
                - {selector: app=a, container: ends, runFor: "uniform(30s, 40s)"}
                - {selector: app=a, runFor: 1h}
                manifests:
                  inline:
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: a, labels: {app: a}, annotations: {towtank.io/exit-code: "3"}}
                    spec:
                      restartPolicy: Never
                      containers:
                      - {name: ends, image: a}
                      - {name: stays, image: a}
                expectations:
                - get(pod/a, status.containerStatuses[0].state.terminated.exitCode) == 3 by 2m
                - get(pod/a, status.phase) == 'Running'
                """);
    assertThat(scenario.behaviours()).hasSize(2);
    assertThat(scenario.behaviours().get(0).values())
        .containsEntry(AnnotatedBehaviour.RUN_FOR, "uniform(30s, 40s)");

    RunSummary summary = new ScenarioRunner(scenario, RunOptions.DEFAULT).run();

    assertThat(summary.passed()).isTrue();
  }
}

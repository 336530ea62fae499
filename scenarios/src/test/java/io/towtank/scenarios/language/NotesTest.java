package io.towtank.scenarios.language;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What authors of scenarios are told although it works. */
class NotesTest {
  private static final String CRON_JOB =
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: tick}
      spec:
        schedule: "* * * * *"
        jobTemplate:
          spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
      """;
  private static final String SCENARIO =
      "apiVersion: towtank.io/v1\nkind: Scenario\nmetadata: {name: a}\n";

  @TempDir private Path directory;

  private ScenarioFiles read(ScenarioOverrides overrides, String... texts) throws IOException {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      Path file = directory.resolve(i + ".yaml");
      Files.writeString(file, texts[i]);
      files.add(file.toString());
    }
    return ScenarioFiles.read(files, overrides);
  }

  private ScenarioFiles read(String... texts) throws IOException {
    return read(ScenarioOverrides.NONE, texts);
  }

  @Test
  void aRunWithACronJobEndsAfterADay() throws IOException {
    ScenarioFiles read = read(CRON_JOB);

    assertThat(read.scenario().end().limitNanos()).isEqualTo(Durations.parse("1d"));
    assertThat(read.notes().toString())
        .contains("0.yaml:1:1: with a CronJob a run is never idle: this one ends after 1d")
        .contains("--until 6h");
  }

  @Test
  void aRunWithACronJobEndsWhenItsAuthorSaysSo() throws IOException {
    assertThat(read(CRON_JOB, SCENARIO + "end: {until: 2h}\n").notes()).isEmpty();
    assertThat(read(CRON_JOB, SCENARIO + "end: {limit: 3d}\n").notes()).isEmpty();
    ScenarioOverrides idle = ScenarioOverridesBuilder.builder().until(new End.Until.Idle()).build();
    ScenarioFiles asked = read(idle, CRON_JOB);
    assertThat(asked.scenario().end()).isEqualTo(End.DEFAULT);
    assertThat(asked.notes().toString()).contains("this one ends after 3650d");
  }

  @Test
  void aCronJobThatDoesNothingKeepsNothingFromBeingIdle() throws IOException {
    assertThat(read(CRON_JOB + "  suspend: true\n").notes()).isEmpty();
    assertThat(read(CRON_JOB, SCENARIO + "controllers: ['*', '-cronjob-controller']\n").notes())
        .isEmpty();
  }

  @Test
  void podsThatLiveForAWhileAndAreStartedAgainArePointedOut() throws IOException {
    String arrivals =
        SCENARIO
            + """
            arrivals:
            - name: jobs
              poisson: 1/m
              count: 3
              pods:
              - lifetime: 5m
                template: {spec: {POLICYcontainers: [{name: c, image: i}]}}
            """;

    assertThat(read(arrivals.replace("POLICY", "")).notes().toString())
        .contains("0.yaml:9:5: when its lifetime is over, this pod is started again")
        .contains("restartPolicy: Never");
    assertThat(read(arrivals.replace("POLICY", "restartPolicy: Never, ")).notes()).isEmpty();
    assertThat(read(arrivals.replace("POLICY", "restartPolicy: OnFailure, ")).notes()).isEmpty();
  }
}

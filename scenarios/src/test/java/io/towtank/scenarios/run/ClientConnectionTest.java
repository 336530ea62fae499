package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler configuration's {@code clientConnection} is the limit of the scheduler's client. */
class ClientConnectionTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path directory;

  private RunSummary run(String connection) throws IOException {
    Path configuration = directory.resolve("scheduler.yaml");
    Files.writeString(
        configuration,
        """
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        """
            + connection);
    Path app = directory.resolve("app.yaml");
    Files.writeString(
        app,
        """
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: app}
        spec:
          replicas: 100
          selector: {matchLabels: {app: app}}
          template:
            metadata: {labels: {app: app}}
            spec:
              containers: [{name: c, image: i, resources: {requests: {cpu: 10m, memory: 16Mi}}}]
        """);
    return new ScenarioRunner(
            ScenarioFiles.read(
                    List.of(configuration.toString(), app.toString()),
                    ScenarioOverridesBuilder.builder().until(End.Until.parse("120s")).build())
                .scenario(),
            RunOptions.DEFAULT)
        .run();
  }

  @Test
  void aSlowClientBindsSlowly() throws IOException {
    long fast = run("clientConnection: {qps: 1000, burst: 1000}\n").toScheduled().max();
    RunSummary slow = run("clientConnection: {qps: 2, burst: 1}\n");
    assertThat(slow.scheduling().scheduled()).isEqualTo(100);
    assertThat(slow.toScheduled().max())
        .isGreaterThan(45 * SECOND)
        .isGreaterThan(fast + 30 * SECOND);
  }
}

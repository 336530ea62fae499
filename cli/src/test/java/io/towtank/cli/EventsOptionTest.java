package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventsOptionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web, annotations: {towtank.io/run-for: 5s}}
      spec:
        restartPolicy: Never
        containers: [{name: web, image: web, resources: {requests: {cpu: 500m}}}]
      """;

  @TempDir private Path directory;
  private String manifest = "";

  @BeforeEach
  void writeManifest() throws IOException {
    manifest = Files.writeString(directory.resolve("pod.yaml"), POD).toString();
  }

  private static List<JsonNode> lines(BufferedReader file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line = file.readLine(); line != null; line = file.readLine()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void everyWriteIsALine() throws IOException {
    Path file = directory.resolve("writes.jsonl");

    Invocation run = Invocation.of("run", manifest, "--events", file + "", "--output", "json");

    assertThat(run.status()).as(run.err()).isEqualTo(0);
    List<JsonNode> lines = lines(Files.newBufferedReader(file));
    assertThat(lines).hasSize(JSON.readTree(run.out()).get("writes").asInt());
    List<String> phases = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = lines.get(i);
      assertThat(line.fieldNames())
          .toIterable()
          .containsExactly("revision", "time", "type", "kind", "object");
      if (i > 0) {
        assertThat(line.get("revision").asLong())
            .isGreaterThan(lines.get(i - 1).get("revision").asLong());
      }
      if (line.get("kind").asText().equals("Pod")) {
        phases.add(line.get("type").asText() + " " + line.at("/object/status/phase").asText());
      }
    }
    assertThat(phases)
        .startsWith("ADDED Pending")
        .contains("MODIFIED Running")
        .endsWith("MODIFIED Succeeded");
  }

  @Test
  void isCompressedWhereItsNameSaysSo() throws IOException {
    Path plain = directory.resolve("writes.jsonl");
    Path compressed = directory.resolve("writes.jsonl.gz");

    Invocation.of("run", manifest, "--events", plain.toString());
    Invocation.of("run", manifest, "--events", compressed.toString());

    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(compressed)), StandardCharsets.UTF_8))) {
      assertThat(lines(reader)).isEqualTo(lines(Files.newBufferedReader(plain)));
    }
  }

  /** Kubernetes events are counted; they are objects only where that is asked for. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void kubernetesEventsAreStoredOnRequest(boolean stored) throws IOException {
    Path scenario =
        Files.writeString(
            directory.resolve("scenario.yaml"),
            """
            apiVersion: towtank.io/v1
            kind: Scenario
            metadata: {name: events}
            storeEvents: %s
            cluster: {nodePools: [{count: 1}]}
            manifests: [pod.yaml]
            """
                .formatted(stored));
    Path file = directory.resolve("writes.jsonl");

    Invocation run = Invocation.of("run", scenario.toString(), "--events", file.toString());

    assertThat(run.status()).as(run.err()).isEqualTo(0);
    List<String> reasons = new ArrayList<>();
    for (JsonNode line : lines(Files.newBufferedReader(file))) {
      if (line.get("kind").asText().equals("Event")) {
        reasons.add(
            line.at("/object/source/component").asText()
                + " "
                + line.at("/object/reason").asText());
      }
    }
    if (stored) {
      assertThat(reasons).contains("default-scheduler Scheduled");
    } else {
      assertThat(reasons).isEmpty();
    }
  }

  /** What stood there before a run that fails stays, and nothing else is left. */
  @Test
  void leavesNothingWhereTheInputIsWrong() throws IOException {
    Path file = Files.writeString(directory.resolve("writes.jsonl"), "older\n");

    Invocation run = Invocation.of("run", directory + "/none.yaml", "--events", file.toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(file).hasContent("older\n");
    assertThat(directory).isDirectoryNotContaining("glob:**.part");
  }

  /** Ctrl-C ends a run in order: with its summary, and with a file that has what it counts. */
  @Test
  void anInterruptedRunLeavesWholeLines() throws IOException, InterruptedException {
    Path app =
        Files.writeString(
            directory.resolve("app.yaml"),
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 100
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: web}]}
            """);
    Path file = directory.resolve("writes.jsonl");
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Towtank.class.getName(),
                "run",
                app.toString(),
                "--events",
                file.toString(),
                "--until",
                "1d",
                "--speed",
                "1")
            .redirectErrorStream(true)
            .start();
    Path part = directory.resolve(".writes.jsonl." + run.pid() + ".part");
    // The simulated time goes by as that on the wall does: it is under way once lines come.
    for (int i = 0; i < 1200 && !(Files.exists(part) && Files.size(part) > 0); i++) {
      Thread.sleep(50);
    }

    // Process.destroy would close the stream that the summary comes through.
    run.toHandle().destroy();
    String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    run.waitFor();

    assertThat(output).contains("interrupted").contains("Digest");
    assertThat(part).doesNotExist();
    assertThat(lines(Files.newBufferedReader(file))).isNotEmpty();
  }

  @Test
  void isNotTheReport() {
    String file = directory.resolve("out").toString();

    Invocation run = Invocation.of("run", manifest, "--events", file, "--report", file);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--report and --events name one file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--events", "--report"})
  void aFullDiskIsTold(String option) {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");

    Invocation run = Invocation.of("run", manifest, option, full.toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("/dev/full: cannot be written: No space left on device\n");
    assertThat(Files.isRegularFile(full)).isFalse();
  }
}

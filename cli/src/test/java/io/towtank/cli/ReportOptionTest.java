package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportOptionTest {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {containers: [{name: web, image: web, resources: {requests: {cpu: 500m}}}]}
      """;

  @TempDir private Path directory;

  @Test
  void theRunIsTheSameWithAReportAsWithout() throws IOException {
    Path manifest = directory.resolve("pod.yaml");
    Files.writeString(manifest, POD);
    Path report = directory.resolve("out.html");

    Invocation with = Invocation.of("run", manifest.toString(), "--report", report.toString());
    Invocation without = Invocation.of("run", manifest.toString());

    assertThat(with.err()).isEmpty();
    assertThat(with.status()).isEqualTo(0);
    assertThat(figures(with)).isEqualTo(figures(without));
    assertThat(Files.readString(report))
        .contains("\"pods\":[[\"created\",1],[\"running\",1],[\"pending\",0],[\"deleted\",0]]")
        .contains("[\"Running\",[")
        .contains("\"name\":\"created to ready\",\"count\":1")
        .contains("\"node-00000\",\"node-00001\",\"node-00002\"")
        .contains("[\"kube-scheduler\",\"scheduled\",1]");
  }

  /** All but how long the run took. */
  private static String figures(Invocation invocation) {
    return invocation.out().lines().filter(line -> !line.startsWith("Run ")).toList().toString();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsToldBeforeTheRun() throws IOException {
    Path manifest = directory.resolve("pod.yaml");
    Files.writeString(manifest, POD);

    Invocation invocation =
        Invocation.of("run", manifest.toString(), "--report", directory + "/missing/out.html");

    assertThat(invocation.status()).isEqualTo(2);
    assertThat(invocation.err()).contains("cannot be written: there is no directory");
    assertThat(invocation.out()).isEmpty();
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(manifest);
    }
  }
}

package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

  private static final String PODS =
      POD
          + """
          ---
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: picky}
          spec:
            replicas: 3
            selector: {matchLabels: {app: picky}}
            template:
              metadata: {labels: {app: picky}}
              spec:
                containers: [{name: c, image: i}]
                nodeSelector: {disk: ssd}
          """;

  private static JsonNode explained(Path report) throws IOException {
    String html = Files.readString(report);
    int from = html.indexOf("id=\"data\">") + "id=\"data\">".length();
    return new ObjectMapper()
        .readTree(html.substring(from, html.indexOf("</script>", from)))
        .get("explained");
  }

  @Test
  void chosenPodsAndThoseThatFitNowhereAreExplained() throws IOException {
    Path manifest = directory.resolve("pods.yaml");
    Files.writeString(manifest, PODS);
    Path report = directory.resolve("out.html");
    String chosen = PODS.replaceAll("(?s).*?kind: Pod\\b.*?name: ([a-z0-9-]+).*", "$1");

    Invocation with =
        Invocation.of(
            "run",
            manifest.toString(),
            "--report",
            report.toString(),
            "--explain",
            chosen,
            "--explain",
            "nobody");

    assertThat(with.err()).isEmpty();
    assertThat(figures(with)).isEqualTo(figures(Invocation.of("run", manifest.toString())));
    JsonNode explained = explained(report);
    JsonNode placed = explained.at("/pods/0");
    assertThat(placed.get("pod").asText()).isEqualTo("default/" + chosen);
    assertThat(placed.get("fits").asBoolean()).isTrue();
    assertThat(placed.at("/scored/0/chosen").asBoolean()).isTrue();
    assertThat(placed.at("/scored/0/count").asInt()).isEqualTo(3);
    assertThat(placed.get("plugins").toString()).contains("[\"TaintToleration\",3]");
    JsonNode waiting = explained.at("/pods/1");
    assertThat(waiting.get("count").asInt()).isEqualTo(3);
    assertThat(waiting.get("headline").asText()).contains("fits no node", "0/3 nodes");
    assertThat(waiting.at("/turnedDown/0/plugin").asText()).isEqualTo("NodeAffinity");
    assertThat(waiting.at("/turnedDown/0/names").size()).isEqualTo(3);
    assertThat(waiting.at("/ways/0/1").asText()).startsWith("label the node disk=ssd");
    assertThat(explained.at("/notes/0").asText())
        .startsWith("nobody is not explained: there is no pod \"nobody\" in this run");
  }

  @Test
  void thereIsNothingToExplainInWithoutAReport() throws IOException {
    Path manifest = directory.resolve("pod.yaml");
    Files.writeString(manifest, POD);

    Invocation invocation = Invocation.of("run", manifest.toString(), "--explain", "web-0");

    assertThat(invocation.status()).isEqualTo(2);
    assertThat(invocation.err()).contains("--report", "towtank explain pod web-0");
  }
}

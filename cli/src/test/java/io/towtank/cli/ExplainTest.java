package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.Resources;
import io.towtank.conformance.Conformance;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {
  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: small}
      spec:
        containers: [{name: c, image: i, resources: {requests: {cpu: 4, memory: 1Gi}}}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: picky}
      spec:
        containers: [{name: c, image: i, resources: {requests: {cpu: 48}}}]
        nodeSelector: {disk: ssd}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: held}
      spec:
        containers: [{name: c, image: i}]
        schedulingGates: [{name: example.com/quota}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: placed}
      spec:
        containers: [{name: c, image: i}]
        nodeName: node-00001
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {colour: blue}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: told}
      spec:
        containers:
        - name: c
          image: i
          envFrom: [{configMapRef: {name: settings}}]
          env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
      """;

  @TempDir private Path directory;

  private String explain(String... arguments) throws IOException {
    Path manifest = directory.resolve("app.yaml");
    Files.writeString(manifest, MANIFEST);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = new String[arguments.length + 3];
    all[0] = "explain";
    all[1] = "pod";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    all[all.length - 1] = manifest.toString();
    assertThat(Towtank.execute(new PrintWriter(out), new PrintWriter(err), all))
        .as(err.toString())
        .isZero();
    return out.toString();
  }

  @Test
  void aPodThatFitsTellsWhoWon() throws IOException {
    assertThat(explain("small", "--nodes", "12"))
        .startsWith("default/small went to node-0")
        .contains("one of 12 best nodes", "FEASIBLE", "NodeResourcesFit x1", "and 2 more nodes");
  }

  @Test
  void aPodThatFitsNowhereTellsWhatWouldHaveToChange() throws IOException {
    assertThat(explain("default/picky"))
        .contains(
            "default/picky fits no node",
            "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
            "NodeAffinity    3      node(s) didn't match Pod's node affinity/selector",
            "to fit node-00000:",
            "  - label the node disk=ssd, which it lacks",
            "  - ask for at most 32 of cpu instead of 48");
  }

  @Test
  void aPodThatNobodyTriesTellsWhy() throws IOException {
    assertThat(explain("held")).contains("held is not tried", "SchedulingGates: ");
    assertThat(explain("placed")).contains("placed came with its node, node-00001");
  }

  @Test
  void tellsWhatContainersWereTold() throws IOException {
    assertThat(explain("told", "--env"))
        .startsWith("default/told\n  c, as it started at ")
        .contains("    colour=blue  (config map settings)\n", "    NODE=node-0000");
    assertThat(explain("picky", "--env")).isEqualTo("default/picky: no container has started\n");
    JsonNode containers =
        new ObjectMapper().readTree(explain("told", "--output", "json")).get("containers");
    assertThat(containers.get(0).get("name").asText()).isEqualTo("c");
    assertThat(containers.get(0).get("environment").get(0).get("from").asText())
        .isEqualTo("config map settings");
  }

  @Test
  void asJson() throws IOException {
    JsonNode small = new ObjectMapper().readTree(explain("small", "--output", "json"));
    JsonNode best = small.path("scores").path(0);
    assertThat(best.path("node").asText()).isEqualTo(small.path("node").asText());
    long total = 0;
    for (Iterator<JsonNode> scores = best.path("plugins").elements(); scores.hasNext(); ) {
      JsonNode score = scores.next();
      total += score.path("normalized").asLong() * score.path("weight").asLong();
    }
    assertThat(total).isPositive().isEqualTo(best.path("total").asLong());
    JsonNode picky = new ObjectMapper().readTree(explain("picky", "--output", "json"));
    assertThat(picky.path("whatWouldHaveToChange").path(0).path("changes")).hasSize(2);
    assertThat(picky.path("decision").path("infeasible")).hasSize(3);
  }

  @Test
  void scenariosAreDecidedInTheFormatOfRecordedOnes() throws IOException {
    Path file = directory.resolve("taints.jsonl.gz");
    Files.write(
        file,
        Resources.toByteArray(
            Resources.getResource(Conformance.class, "/golden/scheduler/taints.jsonl.gz")));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Towtank.execute(
            new PrintWriter(out),
            new PrintWriter(err),
            "explain",
            "--scenarios",
            file.toString(),
            "--output",
            "jsonl");
    assertThat(status).as(err.toString()).isZero();
    ObjectMapper mapper = new ObjectMapper();
    Iterator<String> lines = out.toString().lines().iterator();
    int decisions = 0;
    try (BufferedReader recorded =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line : recorded.lines().toList()) {
        JsonNode expected = mapper.readTree(line);
        JsonNode actual = mapper.readTree(lines.next());
        assertThat(actual.get("name")).isEqualTo(expected.get("name"));
        for (int i = 0; i < expected.get("decisions").size(); i++) {
          for (String field : new String[] {"pod", "outcome", "bound", "message"}) {
            assertThat(actual.path("decisions").path(i).path(field).asText())
                .isEqualTo(expected.path("decisions").path(i).path(field).asText());
          }
          decisions++;
        }
      }
    }
    assertThat(decisions).isPositive();
    assertThat(lines).isExhausted();
  }
}

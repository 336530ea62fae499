package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
  private static final String BEFORE =
      """
      {"scenario": "s", "digest": "a", "wallSeconds": 1, "ended": "idle",
       "nodeStates": {"empty": 4, "ready": 10}, "startup": {"p99": 2.5},
       "scheduling": {"reasons": [{"what": "x"}]}, "controllers": {"kubelet": {"syncs": 1}}}
      """;
  private static final String AFTER =
      """
      {"scenario": "s", "digest": "b", "wallSeconds": 9, "ended": "idle",
       "nodeStates": {"empty": 6, "ready": 10}, "startup": {"p99": 2}, "autoscaler": {"added": 3},
       "scheduling": {"reasons": []}, "controllers": {"kubelet": {"syncs": 2}}}
      """;

  @TempDir private Path directory;

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void figuresThatDifferAreShownWithTheirChange() throws IOException {
    Invocation result =
        Invocation.of("compare", file("before.json", BEFORE), file("after.json", AFTER));
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            FIGURE            before.json  after.json   CHANGE
            nodeStates.empty            4           6  +50.0 %
            startup.p99               2.5           2  -20.0 %
            autoscaler.added            -           3
            """);
  }

  @Test
  void allIsShownWhereThatIsAskedFor() throws IOException {
    Invocation result =
        Invocation.of("compare", "-v", file("before.json", BEFORE), file("after.json", AFTER));
    assertThat(result.out())
        .contains("controllers.kubelet.syncs", "nodeStates.ready", "+100.0 %")
        .doesNotContain("wallSeconds", "digest", "reasons");
  }

  @Test
  void asJson() throws IOException {
    String before = file("before.json", BEFORE);
    String after = file("after.json", AFTER);
    JsonNode json =
        new ObjectMapper()
            .readTree(Invocation.of("compare", "--output", "json", before, after).out());
    assertThat(json).hasSize(3);
    assertThat(json.at("/0/figure").asText()).isEqualTo("nodeStates.empty");
    assertThat(json.at("/0/values").get(after).asDouble()).isEqualTo(6);
    assertThat(json.at("/2/values").get(before).isNull()).isTrue();
  }

  @Test
  void equalRunsAreSaidToBe() throws IOException {
    assertThat(Invocation.of("compare", file("one.json", BEFORE), file("two.json", BEFORE)).out())
        .contains("The runs are the same");
  }

  @Test
  void whatIsNoSummaryIsTold() throws IOException {
    String before = file("before.json", BEFORE);
    assertThat(Invocation.of("compare", before, file("text.json", "racks: 6 pods")))
        .matches(result -> result.status() == 2)
        .matches(result -> result.err().contains("text.json: no JSON"))
        .matches(result -> result.err().contains("towtank run --output json"));
    assertThat(Invocation.of("compare", before, file("other.json", "{}")).err())
        .contains("other.json: no summary of a run");
    assertThat(Invocation.of("compare", before, directory + "/befor.json").err())
        .contains("there is no such file");
    assertThat(Invocation.of("compare", before).status()).isEqualTo(2);
  }
}

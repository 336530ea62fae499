package io.towtank.scenarios.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.scenarios.explain.PodExplanation;
import io.towtank.scenarios.explain.WaitingPods;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.Status;
import java.io.IOException;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ExplanationsJsonTest {
  /** A decision in which each node fares in its own way. */
  private static PodExplanation ofManyNodes(int nodes) {
    ImmutableMap.Builder<String, Status> infeasible = ImmutableMap.builder();
    ImmutableMap.Builder<String, Decision.NodeScore> scores = ImmutableMap.builder();
    for (int i = 0; i < nodes; i++) {
      infeasible.put("out-" + i, Status.unschedulable("reason " + i).by("Filter"));
      scores.put(
          "in-" + i,
          new Decision.NodeScore(
              i, ImmutableMap.of("Score", new Decision.PluginScore(i, i % 100, 2))));
    }
    return new PodExplanation(
        "default/p",
        "default-scheduler",
        null,
        1,
        0,
        new Decision(
            "default/p",
            Decision.Outcome.SCHEDULED,
            null,
            ImmutableList.of("Filter"),
            infeasible.buildOrThrow(),
            scores.buildOrThrow(),
            ImmutableList.of("in-" + (nodes - 1)),
            nodes,
            "in-" + (nodes - 1),
            null,
            null),
        ImmutableList.of(),
        ImmutableList.of());
  }

  private static JsonNode json(ReportData.Explanations explanations) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      generator.writeStartObject();
      new ExplanationsJson(generator).write(explanations);
      generator.writeEndObject();
    }
    return new ObjectMapper().readTree(text.toString()).get("explained");
  }

  @Test
  void rowsAreNotWithoutEnd() throws IOException {
    JsonNode pod =
        json(new ReportData.Explanations(
                ImmutableList.of(ofManyNodes(250)),
                new WaitingPods(ImmutableList.of(), 0, 0),
                ImmutableList.of()))
            .at("/pods/0");

    assertThat(pod.get("scored")).hasSize(100);
    assertThat(pod.get("scoredLeftOut").asInt()).isEqualTo(150);
    assertThat(pod.get("turnedDown")).hasSize(100);
    assertThat(pod.get("turnedDownLeftOut").asInt()).isEqualTo(150);
    assertThat(pod.at("/scored/0").toString())
        .isEqualTo(
            "{\"chosen\":true,\"total\":249,\"scores\":[[249,49]],\"count\":1,"
                + "\"names\":[\"in-249\"]}");
  }
}

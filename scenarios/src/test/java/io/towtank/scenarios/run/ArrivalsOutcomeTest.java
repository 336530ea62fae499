package io.towtank.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What summaries tell of pods that arrive. */
class ArrivalsOutcomeTest {
  private static final String TWO_NODES_OF_FOUR_DEVICES =
      """
      cluster:
        nodePools:
        - {count: 2, template: {capacity: {example.com/gpu: 4}}}
      arrivals:
      - name: threes
        uniform: 6/m
        count: 3
        pods:
        - lifetime: 60s
          template:
            spec:
              restartPolicy: Never
              containers:
              - {name: c, image: "i:1", resources: {limits: {example.com/gpu: 3}}}
      - name: fives
        uniform: 6/m
        count: 1
        pods:
        - lifetime: 60s
          template:
            spec:
              restartPolicy: Never
              containers:
              - {name: c, image: "i:1", resources: {limits: {example.com/gpu: 5}}}
      end: {until: 5m}
      expectations:
      - arrivals.placed == 3
      - arrivals.neverPlaced == 1
      """;

  @TempDir private Path directory;

  @Test
  void tellsWhoGotANodeAndWhatWasLeftOfDevices() {
    RunSummary summary = ScenarioText.run(directory, TWO_NODES_OF_FOUR_DEVICES);

    ArrivalsOutcome arrivals = summary.arrivals();
    assertThat(arrivals.came()).isEqualTo(4);
    assertThat(arrivals.placed()).isEqualTo(3);
    // The third waits for the first to end.
    assertThat(arrivals.waited()).isEqualTo(1);
    assertThat(arrivals.neverPlaced()).isEqualTo(1);
    assertThat(arrivals.reasons()).hasSize(1);
    assertThat(arrivals.reasons().getFirst().what()).contains("Insufficient example.com/gpu");
    assertThat(arrivals.longestWaitNanos()).isBetween(285_000_000_000L, 295_000_000_000L);
    assertThat(arrivals.devices())
        .extracting(
            ArrivalsOutcome.Devices::resource,
            ArrivalsOutcome.Devices::requested,
            ArrivalsOutcome.Devices::allocatable,
            ArrivalsOutcome.Devices::nodesInUse,
            ArrivalsOutcome.Devices::freeOnThem)
        .containsExactly(tuple("example.com/gpu", 6L, 8L, 2L, 2L));
    assertThat(summary.passed()).isTrue();
    assertThat(SummaryText.of(summary, false, false))
        .contains("Arrivals     4 came · 3 were given a node, 1 of them after more than a second")
        .contains("1 never got one")
        .contains("example.com/gpu: at most 6 of 8 in use, after 20s, on 2 nodes with 2 more free");
    JsonNode json = SummaryJson.of(summary).path("arrivals");
    assertThat(json.at("/devices/example.com~1gpu/freeOnThem").asInt()).isEqualTo(2);
    assertThat(json.path("reasons").path(0).path("count").asInt()).isEqualTo(1);
  }

  @Test
  void saysNothingWhereNoneArrive() {
    RunSummary summary = ScenarioText.run(directory, "cluster: {nodePools: [{count: 1}]}\n");

    assertThat(summary.arrivals()).isEqualTo(ArrivalsOutcome.NONE);
    assertThat(SummaryText.of(summary, false, false)).doesNotContain("Arrivals");
  }
}

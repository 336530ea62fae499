package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.scheduler.workload.SchedulerWorkload;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code towtank bench scheduler}: that it works, and what it decides, not how fast. */
class BenchCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static Invocation bench(String workload, String... more) {
    String[] arguments = {
      "bench",
      "scheduler",
      "--workload",
      workload,
      "--nodes",
      "60",
      "--pods",
      "50",
      "--warmup",
      "20",
      "--runs",
      "1"
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Invocation.of(all);
  }

  /** The hashes change where decisions do, and only there. */
  @ParameterizedTest
  @CsvSource({
    "basic, 0, d4a2134e273af8e5",
    "antiaffinity, 10, ad2550baae435f2d",
    "affinity, 0, 78b07cc0bcf815bd",
    "prefantiaffinity, 0, d3ea9fac0473edf2",
    "spread, 0, d4a2134e273af8e5",
    "prefspread, 0, 8a1313fbd359f75e",
    "nodeaffinity, 0, e0c5d5eb51864c03",
    "mixed, 0, 1e15131793c994e8",
    "mixedrequests, 0, 65e3f066ef30becc",
  })
  void decidesAsBefore(String workload, int unschedulable, String decisions) throws IOException {
    Invocation result = bench(workload, "--ties", "first", "--output", "json");
    assertThat(result.status()).as(result.err()).isEqualTo(ExitCode.OK);
    JsonNode json = MAPPER.readTree(result.out());
    assertThat(json.path("workload").asText()).isEqualTo(workload);
    assertThat(json.path("nodes").asInt()).isEqualTo(60);
    assertThat(json.path("pods").asInt()).isEqualTo(50);
    assertThat(json.path("podsPerSecond").asDouble()).isPositive();
    assertThat(json.path("p50Microseconds").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(json.path("p99Microseconds").asDouble());
    assertThat(json.path("unschedulablePods").asInt()).isEqualTo(unschedulable);
    assertThat(json.path("decisions").asText()).isEqualTo(decisions);
  }

  @ParameterizedTest
  @EnumSource(SchedulerWorkload.class)
  void chanceFollowsTheSeed(SchedulerWorkload workload) throws IOException {
    String id = workload.id();
    String once = decisions(bench(id, "--seed", "7", "--output", "json"));
    assertThat(decisions(bench(id, "--seed", "7", "--output", "json"))).isEqualTo(once);
    assertThat(decisions(bench(id, "--seed", "8", "--output", "json"))).isNotEqualTo(once);
  }

  private static String decisions(Invocation result) throws IOException {
    return MAPPER.readTree(result.out()).path("decisions").asText();
  }

  @Test
  void anUnknownWorkloadIsToldBeforeAnythingIsPrinted() {
    Invocation result = Invocation.of("bench", "scheduler", "--workload", "baisc");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("--workload \"baisc\"", "did you mean \"basic\"?", "known: basic, antiaffinity");
  }

  @Test
  void allWorkloadsMakeATable() {
    Invocation result = bench("all");
    assertThat(result.status()).as(result.err()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains("kube-scheduler", "p99");
    for (SchedulerWorkload workload : SchedulerWorkload.values()) {
      assertThat(result.out()).containsPattern("(?m)^" + workload.id() + " +[0-9,]+ ");
    }
    assertThat(result.out()).containsPattern("(?m)^affinity .* 126 ");
  }

  @Test
  void listNamesThem() {
    Invocation result = Invocation.of("bench", "scheduler", "--list");
    assertThat(result.status()).isEqualTo(ExitCode.OK);
    assertThat(result.out().lines()).hasSize(SchedulerWorkload.values().length);
    assertThat(result.out()).contains("prefantiaffinity");
  }

  @Test
  void helpTeaches() {
    Invocation result = Invocation.of("bench", "scheduler", "--help");
    assertThat(result.status()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains("--workload", "--list", "towtank bench scheduler");
  }
}

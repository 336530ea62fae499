package io.towtank.benchmarks.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.workload.SchedulerWorkload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each workload, tiny. */
final class AttemptBenchmarkTest {
  @ParameterizedTest
  @EnumSource(SchedulerWorkload.class)
  void podsComeAndGo(SchedulerWorkload workload) {
    AttemptBenchmark benchmark = new AttemptBenchmark();
    benchmark.workload = workload;
    benchmark.nodes = 50;
    benchmark.setUp();
    for (int i = 0; i < 300; i++) {
      assertThat(benchmark.attempt()).isBetween(0, 49);
    }
  }
}

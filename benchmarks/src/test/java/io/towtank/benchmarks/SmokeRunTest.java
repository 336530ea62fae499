package io.towtank.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.runner.RunnerException;

/** Benchmarks that nobody runs rot: here each runs once. */
final class SmokeRunTest {
  static Stream<String> benchmarks() {
    return SmokeRun.names(".*").stream();
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void runsOnce(String benchmark) throws RunnerException {
    assertThat(SmokeRun.run(benchmark)).isNotEmpty();
  }
}

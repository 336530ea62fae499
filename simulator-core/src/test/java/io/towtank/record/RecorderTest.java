package io.towtank.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecorderTest {
  @Test
  void tellsAllCountersByName() {
    Recorder recorder = new Recorder();
    recorder.counter("b/second")[0] += 2;
    recorder.counter("a/first")[0]++;
    recorder.counter("b/second")[0]++;
    recorder.counter("c/never");

    assertThat(recorder.counters().toString()).isEqualTo("{a/first=1, b/second=3, c/never=0}");
  }
}

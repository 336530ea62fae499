package io.towtank.benchmarks.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StoreMemoryTest {
  @Test
  void measuresPods() {
    StoreMemory.Result result = StoreMemory.measure(20_000);
    assertThat(result.found()).isEqualTo(10 + 20);
    assertThat(result.toString())
        .startsWith("20,000 running pods of 1,000 ReplicaSets: ")
        .endsWith(" bytes a pod");
  }
}

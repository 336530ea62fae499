package io.towtank.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RandomStreamTest {
  private static long[] first(Simulation simulation, String name, int count) {
    return simulation.random(name).longs(count).toArray();
  }

  @Test
  void dependsOnSeedAndNameAlone() {
    long[] numbers = first(new Simulation(1, 0), "kubelet/node-17", 100);

    assertThat(first(new Simulation(1, 99), "kubelet/node-17", 100)).isEqualTo(numbers);
    assertThat(first(new Simulation(2, 0), "kubelet/node-17", 100)).isNotEqualTo(numbers);
    assertThat(first(new Simulation(1, 0), "kubelet/node-18", 100)).isNotEqualTo(numbers);
  }

  /** The numbers are part of what a seed means: other numbers, other digests. */
  @Test
  void theNumbersOfASeedDoNotChangeFromVersionToVersion() {
    assertThat(first(new Simulation(42, 0), "store/names", 3))
        .containsExactly(-165997285215711584L, -4207552328156873599L, -3404397430676788128L);
  }

  @Test
  void anotherStreamDoesNotDisturb() {
    long[] alone = first(new Simulation(1, 0), "a", 100);
    Simulation simulation = new Simulation(1, 0);
    RandomStream a = simulation.random("a");
    RandomStream b = simulation.random("b");
    for (long expected : alone) {
      assertThat(a.nextLong()).isEqualTo(expected);
      b.nextLong();
      simulation.random("c").nextLong();
    }
  }

  @Test
  void tenThousandStreamsShareNoNumbers() {
    Simulation simulation = new Simulation(1, 0);
    Set<Long> seen = new HashSet<>();
    for (int node = 0; node < 10_000; node++) {
      for (long number : first(simulation, "kubelet/node-" + node, 10)) {
        assertThat(seen.add(number)).isTrue();
      }
    }
  }

  /**
   * Streams of similar names are no more alike than chance allows: of two independent ones about
   * half of the bits agree. 64,000 bits have a deviation of 126.5; five of these are allowed.
   */
  @Test
  void streamsOfSimilarNamesAreIndependent() {
    Simulation simulation = new Simulation(1, 0);
    for (int node = 0; node < 1000; node++) {
      long[] one = first(simulation, "node-" + node, 1000);
      long[] next = first(simulation, "node-" + (node + 1), 1000);
      int agree = 0;
      for (int i = 0; i < one.length; i++) {
        agree += 64 - Long.bitCount(one[i] ^ next[i]);
      }
      assertThat(agree).as("node-%s and the next", node).isBetween(32_000 - 633, 32_000 + 633);
    }
  }

  @Test
  void firstNumbersOfStreamsAreEvenlySpread() {
    Simulation simulation = new Simulation(1, 0);
    int[] buckets = new int[16];
    for (int node = 0; node < 16_000; node++) {
      buckets[simulation.random("node-" + node).nextInt(16)]++;
    }
    for (int count : buckets) {
      assertThat(count).isBetween(1000 - 155, 1000 + 155);
    }
  }
}

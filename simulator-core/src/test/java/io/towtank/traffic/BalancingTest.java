package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalancingTest {
  private static RandomStream random() {
    return new Simulation(Long.getLong("towtank.test.seed", 1L), 0).random("test");
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  /** Which share endpoints get that can do so much, over time. */
  @ParameterizedTest
  @CsvSource({
    "RANDOM,                  1 1 1 1, 0.25 0.25 0.25 0.25",
    "RANDOM,                  1 3,     0.5 0.5",
    "ROUND_ROBIN,             1 3,     0.5 0.5",
    "LEAST_REQUEST,           1 3,     0.5 0.5",
    "LEAST_CONNECTION,        1 3,     0.25 0.75",
    "SHORTEST_EXPECTED_DELAY, 2 2 4,   0.25 0.25 0.5",
    "NEVER_QUEUE,             2 2 4,   0.25 0.25 0.5",
    "DESTINATION_HASH,        1 1 1,   1 0 0",
  })
  void endpointsGetTheirShares(Balancing balancing, String capacities, String expected) {
    assertThat(balancing.shares(numbers(capacities), 100))
        .containsExactly(numbers(expected), within(1e-12));
  }

  @Test
  void aHashOfTheSourceSendsAClientAlwaysToTheSame() {
    assertThat(Balancing.SOURCE_HASH.shares(new double[] {1, 1, 1}, 1))
        .containsExactlyInAnyOrder(1, 0, 0);
    double[] shares = Balancing.SOURCE_HASH.shares(new double[] {1, 1, 1, 1}, 4000);
    for (double share : shares) {
      assertThat(share).isCloseTo(0.25, within(0.02));
    }
    // The table has 256 slots: who comes later gets nothing.
    double[] many = Balancing.SOURCE_HASH.shares(new double[300], 100_000);
    assertThat(Arrays.stream(many).filter(share -> share > 0).count()).isEqualTo(256);
  }

  /** Requests, the turn before (in endpoints), what each gets, and the turn after. */
  @ParameterizedTest
  @CsvSource({
    "ROUND_ROBIN, 1,  0, 1 0 0,    1",
    "ROUND_ROBIN, 1,  2, 0 0 1,    0",
    "ROUND_ROBIN, 2,  2, 1 0 1,    1",
    "ROUND_ROBIN, 10, 1, 3 4 3,    2",
    "ROUND_ROBIN, 9,  1, 3 3 3,    1",
    "ROUND_ROBIN, 0,  1, 0 0 0,    1",
    "LEAST_CONNECTION, 7, 0, 3 2 2, 1",
    "NEVER_QUEUE, 3,  0, 1 1 1,    0",
  })
  void turnsGoOnWhereTheyEnded(
      Balancing balancing, long requests, int turn, String expected, int after) {
    long[] counts = new long[3];
    double[] shares = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    double end = balancing.draw(requests, shares, turn / 3.0, random(), counts);
    assertThat(Arrays.stream(counts).mapToDouble(count -> count).toArray())
        .containsExactly(numbers(expected), within(1e-9));
    assertThat(end * 3).isCloseTo(after, within(1e-9));
  }

  @Test
  void unequalSharesByTurnsAreRoundedSoThatTheSumIsRight() {
    double[] shares = {0.1, 0.25, 0.65};
    long[] counts = new long[3];
    long[] sums = new long[3];
    double turn = 0;
    for (int i = 0; i < 1000; i++) {
      turn = Balancing.LEAST_CONNECTION.draw(7, shares, turn, random(), counts);
      assertThat(Arrays.stream(counts).sum()).isEqualTo(7);
      for (int j = 0; j < 3; j++) {
        assertThat((double) counts[j]).isCloseTo(7 * shares[j], within(1.0));
        sums[j] += counts[j];
      }
    }
    for (int j = 0; j < 3; j++) {
      assertThat(sums[j] / 7000.0).isCloseTo(shares[j], within(0.005));
    }
  }

  /** Draws have the mean and the variance of a binomial distribution, for few and for many. */
  @ParameterizedTest
  @CsvSource({"1, 0.5", "3, 0.1", "40, 0.2", "40, 0.9", "1000, 0.01", "1000, 0.3", "100000, 0.999"})
  void chanceIsBinomial(long trials, double probability) {
    RandomStream random = random();
    double sum = 0;
    double squares = 0;
    int runs = 40_000;
    for (int i = 0; i < runs; i++) {
      long drawn = Balancing.binomial(trials, probability, random);
      assertThat(drawn).isBetween(0L, trials);
      sum += drawn;
      squares += (double) drawn * drawn;
    }
    double mean = sum / runs;
    double variance = squares / runs - mean * mean;
    double expected = trials * probability * (1 - probability);
    assertThat(mean).isCloseTo(trials * probability, within(5 * Math.sqrt(expected / runs)));
    assertThat(variance).isCloseTo(expected, within(0.06 * expected + 0.1));
  }

  @Test
  void byChanceNothingIsLostAndSharesAreKept() {
    RandomStream random = random();
    double[] shares = {0.5, 0, 0.3, 0.2};
    long[] counts = new long[4];
    double[] sums = new double[4];
    for (int i = 0; i < 1000; i++) {
      Balancing.RANDOM.draw(100, shares, 0, random, counts);
      assertThat(Arrays.stream(counts).sum()).isEqualTo(100);
      for (int j = 0; j < 4; j++) {
        sums[j] += counts[j] / 100_000.0;
      }
    }
    assertThat(sums).containsExactly(shares, within(0.01));
  }

  /** A quarter of what comes, by turns, is more even than chance, unless many take turns. */
  @Test
  void turnsAreEvenWhereOneDecides() {
    assertThat(Balancing.RANDOM.arrivalVariation(4, 1)).isEqualTo(1);
    assertThat(Balancing.ROUND_ROBIN.arrivalVariation(4, 1)).isEqualTo(0.25);
    assertThat(Balancing.ROUND_ROBIN.arrivalVariation(4, 100)).isGreaterThan(0.99);
    assertThat(Balancing.RANDOM.pooledWorkers(2, 4, 1)).isEqualTo(2);
    assertThat(Balancing.LEAST_CONNECTION.pooledWorkers(2, 4, 1)).isEqualTo(8);
    assertThat(Balancing.LEAST_CONNECTION.pooledWorkers(2, 4, 100)).isEqualTo(2);
  }
}

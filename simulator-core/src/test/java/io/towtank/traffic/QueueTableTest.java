package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towtank.latency.Distribution;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueTableTest {
  private static final double MS = 1e6;
  private static final double SECOND = 1e9;
  private static final double NO_BOUND = 1e6 * SECOND;

  private static QueueTable table(
      double arrivals, double workers, RequestCost cost, double boundNanos) {
    return new QueueTable(
        new QueueTable.Shape(arrivals, workers, cost.meanNanos(), cost, boundNanos, 0));
  }

  private static RequestCost exponential() {
    return RequestCost.of(new Distribution.Exponential((long) (10 * MS)));
  }

  /** The level that a load has when it has lasted. */
  private static double steady(QueueTable table, double load) {
    double wait = 0;
    double level = 0;
    for (int i = 0; i < 200; i++) {
      level = table.after(wait, load, 1000 * SECOND);
      wait = table.waitNanos(level);
    }
    return level;
  }

  /** M/M/1: the mean wait is ρ/(1-ρ) s, and all latencies are exponential. */
  @ParameterizedTest
  @CsvSource({"0.1", "0.3", "0.5", "0.7", "0.8", "0.9", "0.95"})
  void oneWorkerAndExponentialRequestsAreExact(double load) {
    QueueTable table = table(1, 1, exponential(), NO_BOUND);
    double level = steady(table, load);
    assertThat(table.load(level)).isCloseTo(load, within(0.001));
    assertThat(table.accepted(level)).isCloseTo(1, within(1e-9));
    double mean = load / (1 - load) * 10 * MS;
    assertThat(table.waitNanos(level)).isCloseTo(mean, within(0.03 * mean + 0.001 * MS));
    double[] latencies = table.latencies((int) Math.round(level));
    double tail = -Math.log(0.01) * 10 * MS / (1 - load);
    assertThat(LatencyBuckets.quantileNanos(latencies, 0.99)).isCloseTo(tail, within(0.06 * tail));
  }

  /** M/M/1 whose customers leave after K: (1-ρ) ρ e / (1 - ρ² e), e = e^{-(1-ρ) K / s}. */
  @ParameterizedTest
  @CsvSource({"0.5, 20", "0.9, 20", "0.9, 100", "0.96, 50", "1.2, 20", "2, 50", "5, 10"})
  void lossIsThatOfImpatientCustomers(double load, double boundMillis) {
    QueueTable table = table(1, 1, exponential(), boundMillis * MS);
    double e = Math.exp(-(1 - load) * boundMillis / 10);
    double expected = (1 - load) * load * e / (1 - load * load * e);
    assertThat(1 - table.accepted(steady(table, load))).isCloseTo(expected, within(0.01));
  }

  @Test
  void whatIsConstantAndEvenWaitsOnlyWhereItIsTooMuch() {
    QueueTable table = table(0, 1, RequestCost.constant(10 * MS), SECOND);
    assertThat(table.waitNanos(steady(table, 0.95))).isLessThan(0.01 * MS);
    double level = steady(table, 2);
    assertThat(table.waitNanos(level)).isCloseTo(SECOND, within(0.01 * SECOND));
    assertThat(table.accepted(level)).isCloseTo(0.5, within(0.001));
  }

  @Test
  void overloadFillsAtTheRateOfWhatIsTooMuchAndDrainsAtThatOfWhatIsLeft() {
    QueueTable table = table(1, 1, RequestCost.constant(10 * MS), 60 * SECOND);
    double wait = 0;
    for (int i = 0; i < 4; i++) {
      wait = table.waitNanos(table.after(wait, 1.5, 5 * SECOND));
    }
    assertThat(wait).isCloseTo(10 * SECOND, within(0.2 * SECOND));
    for (int i = 0; i < 2; i++) {
      wait = table.waitNanos(table.after(wait, 0.5, 5 * SECOND));
    }
    assertThat(wait).isCloseTo(5 * SECOND, within(0.4 * SECOND));
    wait = table.waitNanos(table.after(wait, 0, 30 * SECOND));
    assertThat(wait).isLessThan(2 * MS);
  }

  @Test
  void noRequestsAreDoneAtOnceAndCostNothingIfTheyTakeNothing() {
    QueueTable table = table(1, 1, RequestCost.constant(0), SECOND);
    assertThat(table.waitNanos(table.after(0, 0, 5 * SECOND))).isZero();
    assertThat(table.accepted(0)).isEqualTo(1);
  }

  /** A queue to be simulated, drawn by chance. */
  private static final class Case {
    final int workers;
    final int turn;
    final RequestCost cost;
    final PlainQueue.Draw services;
    final String name;

    Case(RandomGenerator random) {
      workers = 1 + random.nextInt(4);
      turn = random.nextInt(3) == 0 ? 2 + random.nextInt(9) : 1;
      switch (random.nextInt(4)) {
        case 0 -> {
          cost = RequestCost.constant(10 * MS);
          services = r -> 10 * MS;
          name = "constant";
        }
        case 1 -> {
          Distribution uniform = new Distribution.Uniform((long) (2 * MS), (long) (18 * MS));
          cost = RequestCost.of(uniform);
          services = r -> uniform.sampleNanos(r);
          name = "uniform";
        }
        case 2 -> {
          cost = exponential();
          services = r -> 10 * MS * r.nextExponential();
          name = "exponential";
        }
        default -> {
          Distribution lognormal = new Distribution.LogNormal((long) (8 * MS), 0.7);
          cost = RequestCost.of(lognormal);
          services = r -> lognormal.sampleNanos(r);
          name = "lognormal";
        }
      }
    }

    /** Every so many of the requests that come by chance. */
    PlainQueue.Draw gaps(double load) {
      double mean = cost.meanNanos() / (load * workers * turn);
      return r -> {
        double gap = 0;
        for (int i = 0; i < turn; i++) {
          gap += mean * r.nextExponential();
        }
        return gap;
      };
    }
  }

  /**
   * The stated error: against queues with every request simulated, mean waits differ by less than a
   * fifth of them plus a tenth of what a request takes, quantiles of latencies by less than a
   * quarter plus a tenth, and the share that is lost by less than 0.02.
   */
  @Test
  void isCloseToQueuesInWhichEveryRequestIsSimulated() {
    long seed = Long.getLong("towtank.test.seed", 20261121L);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 40; i++) {
      Case of = new Case(random);
      double load = 0.2 + 0.05 * random.nextInt(16) + (random.nextInt(6) == 0 ? 0.6 : 0);
      double bound = random.nextBoolean() ? 60 * MS : 400 * MS;
      QueueTable table = table(1.0 / of.turn, of.workers, of.cost, bound);
      double level = steady(table, load);
      PlainQueue plain = new PlainQueue(of.workers, bound);
      double[] latencies = plain.latencies(300_000, of.gaps(load), of.services, random.split());

      String what =
          "seed %d, case %d: load %.2f, %d workers, every %d, %s, bound %.0f ms"
              .formatted(seed, i, load, of.workers, of.turn, of.name, bound / MS);
      double mean = plain.waited / plain.served;
      assertThat(table.waitNanos(level))
          .as("mean wait, " + what)
          .isCloseTo(mean, within(0.2 * mean + 0.1 * of.cost.meanNanos()));
      assertThat(1 - table.accepted(level))
          .as("lost, " + what)
          .isCloseTo((double) plain.lost / (plain.lost + plain.served), within(0.02));
      double[] model = mixed(table, level);
      for (double share : new double[] {0.5, 0.9, 0.99}) {
        double expected = latencies[(int) (share * latencies.length)];
        assertThat(LatencyBuckets.quantileNanos(model, share))
            .as("quantile " + share + ", " + what)
            .isCloseTo(expected, within(expected / 4 + 0.1 * of.cost.meanNanos()));
      }
    }
  }

  private static double[] mixed(QueueTable table, double level) {
    double[] latencies = table.latencies((int) level).clone();
    if (level > (int) level) {
      double part = level - (int) level;
      double[] next = table.latencies((int) level + 1);
      for (int i = 0; i < latencies.length; i++) {
        latencies[i] += part * (next[i] - latencies[i]);
      }
    }
    return latencies;
  }

  /** A burst: waits while the queue fills and drains follow those of simulated queues. */
  @Test
  void followsABurst() {
    double[] loads = {0.6, 0.6, 1.3, 1.3, 1.3, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6};
    double[] plain = new double[loads.length];
    int runs = 200;
    SplittableRandom random = new SplittableRandom(Long.getLong("towtank.test.seed", 7L));
    for (int run = 0; run < runs; run++) {
      PlainQueue queue = new PlainQueue(1, 60 * SECOND);
      for (int i = 0; i < loads.length; i++) {
        double wait = 0;
        while (queue.clock() < (i + 1) * 5 * SECOND) {
          wait = queue.request(20 * MS / loads[i] * random.nextExponential(), 20 * MS);
        }
        plain[i] += wait / runs;
      }
    }
    QueueTable table = table(1, 1, RequestCost.constant(20 * MS), 60 * SECOND);
    double wait = 0;
    for (int i = 0; i < loads.length; i++) {
      wait = table.waitNanos(table.after(wait, loads[i], 5 * SECOND));
      assertThat(wait)
          .as("after interval " + i)
          .isCloseTo(plain[i], within(0.15 * plain[i] + 0.15 * SECOND));
    }
  }
}

package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towtank.latency.Distribution;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@link Balancing} and {@link QueueTable} make of several pods with a queue each, against the
 * same pods with every request simulated: each goes to the pod that the rule picks, by the requests
 * that are there when it comes.
 */
class BalancedQueuesTest {
  private static final double SERVICE = 1e7;
  private static final int REQUESTS = 400_000;

  /** Pods with a worker each; of each, when those that are there will be done. */
  private static final class Pods {
    private final ArrayDeque<Double>[] done;
    private final SplittableRandom random = new SplittableRandom(5);
    private int turn;

    @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type.
    Pods(int count) {
      done = (ArrayDeque<Double>[]) new ArrayDeque[count];
      for (int i = 0; i < count; i++) {
        done[i] = new ArrayDeque<>();
      }
    }

    private int open(int pod, double now) {
      while (!done[pod].isEmpty() && done[pod].peekFirst() <= now) {
        done[pod].removeFirst();
      }
      return done[pod].size();
    }

    int pick(Balancing balancing, double now) {
      turn = (turn + 1) % done.length;
      return switch (balancing) {
        case ROUND_ROBIN -> turn;
        case LEAST_REQUEST -> {
          int one = random.nextInt(done.length);
          int other = random.nextInt(done.length);
          yield open(one, now) <= open(other, now) ? one : other;
        }
        case LEAST_CONNECTION, SHORTEST_EXPECTED_DELAY, NEVER_QUEUE -> {
          // All weights are 1: the schedulers differ only in whom they take of those alike.
          int best = turn;
          for (int i = 0; i < done.length; i++) {
            int pod = (turn + i) % done.length;
            best = open(pod, now) < open(best, now) ? pod : best;
          }
          yield best;
        }
        default -> random.nextInt(done.length);
      };
    }

    double meanWait(Balancing balancing, double load) {
      double now = 0;
      double waited = 0;
      for (int i = 0; i < REQUESTS; i++) {
        now += SERVICE / load / done.length * random.nextExponential();
        ArrayDeque<Double> queue = done[pick(balancing, now)];
        double begin = queue.isEmpty() ? now : Math.max(now, queue.peekLast());
        queue.addLast(begin + SERVICE * random.nextExponential());
        waited += i < REQUESTS / 10 ? 0 : begin - now;
      }
      return waited / (REQUESTS * 0.9);
    }
  }

  /** The stated error, as a share of the mean wait, besides a tenth of what a request takes. */
  @ParameterizedTest
  @CsvSource({
    "RANDOM, 5, 0.5, 0.1",
    "RANDOM, 5, 0.8, 0.1",
    "ROUND_ROBIN, 5, 0.5, 0.2",
    "ROUND_ROBIN, 5, 0.9, 0.2",
    "LEAST_CONNECTION, 5, 0.5, 0.5",
    "LEAST_CONNECTION, 5, 0.8, 0.5",
    "LEAST_CONNECTION, 10, 0.9, 0.5",
    "NEVER_QUEUE, 3, 0.7, 0.5",
    "SHORTEST_EXPECTED_DELAY, 3, 0.9, 0.5",
    "LEAST_REQUEST, 10, 0.5, 0.5",
    "LEAST_REQUEST, 10, 0.8, 0.5",
    "LEAST_REQUEST, 10, 0.9, 0.5",
  })
  void waitsAreCloseToThoseOfSimulatedPods(
      Balancing balancing, int pods, double load, double error) {
    double plain = new Pods(pods).meanWait(balancing, load);
    RequestCost cost = RequestCost.of(new Distribution.Exponential((long) SERVICE));
    QueueTable table =
        new QueueTable(
            new QueueTable.Shape(
                balancing.arrivalVariation(pods, 1),
                balancing.pooledWorkers(1, pods, 1),
                SERVICE,
                cost,
                1e15,
                0));
    double level = table.after(0, load, 1e15);
    assertThat(table.waitNanos(level)).isCloseTo(plain, within(error * plain + 0.1 * SERVICE));
  }
}

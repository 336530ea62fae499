package io.towtank.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WorkQueueTest {
  private static final long MILLISECOND = 1_000_000L;

  private final Simulation simulation = new Simulation(1, 0);
  private final List<String> log = new ArrayList<>();
  private final Map<String, WorkQueue.Done> underWay = new HashMap<>();

  private WorkQueue<String> queue(int workers) {
    return new WorkQueue<>(
        simulation,
        workers,
        (key, done) -> {
          log.add(simulation.nanos() / MILLISECOND + " " + key);
          underWay.put(key, done);
        });
  }

  private void run() {
    simulation.run(new StopCondition.Idle());
  }

  private void done(String key, boolean succeeded) {
    Objects.requireNonNull(underWay.remove(key)).done(succeeded);
    run();
  }

  @Test
  void worksOnAKeyOnceAndOnceAgain() {
    WorkQueue<String> queue = queue(5);
    queue.add("a");
    queue.add("a");
    queue.add("b");
    assertThat(queue.size()).isEqualTo(2);
    run();
    assertThat(log).containsExactly("0 a", "0 b");
    queue.add("a");
    queue.add("a");
    run();
    assertThat(log).hasSize(2);
    assertThat(queue.size()).isEqualTo(1);
    done("a", true);
    done("a", true);
    assertThat(log).containsExactly("0 a", "0 b", "0 a");
    assertThat(queue.size()).isZero();
  }

  @Test
  void hasNoMoreUnderWayThanWorkers() {
    WorkQueue<String> queue = queue(2);
    for (String key : List.of("a", "b", "c", "d")) {
      queue.add(key);
    }
    run();
    assertThat(log).containsExactly("0 a", "0 b");
    done("b", true);
    assertThat(log).containsExactly("0 a", "0 b", "0 c");
  }

  @Test
  void backsOffLongerWithEachFailureAndForgetsAfterSuccess() {
    WorkQueue<String> queue = queue(1);
    queue.add("a");
    run();
    for (int i = 1; i <= 20; i++) {
      done("a", false);
      assertThat(queue.retries("a")).isEqualTo(i);
      if (i > 18) {
        // What fails for ever keeps no run from being idle, but is tried again all the same.
        assertThat(log).hasSize(i);
        simulation.run(new StopCondition.Time(simulation.nanos() + 1_000_000 * MILLISECOND));
      }
    }
    // 5, 10, 20 … ms, at last 1000 s.
    assertThat(log.subList(0, 5)).containsExactly("0 a", "5 a", "15 a", "35 a", "75 a");
    assertThat(log.get(20)).isEqualTo((1310715 + 2 * 1_000_000) + " a");
    done("a", true);
    assertThat(queue.retries("a")).isZero();
    queue.add("a");
    run();
    done("a", false);
    assertThat(log.getLast()).isEqualTo((1310715 + 2 * 1_000_000 + 5) + " a");
  }

  /** Something sooner or as late that is not in the background does keep a run from being idle. */
  @Test
  void anotherReasonToLookAgainIsWaitedFor() {
    WorkQueue<String> queue = queue(1);
    queue.add("a");
    run();
    for (int i = 1; i <= 19; i++) {
      done("a", false);
    }
    assertThat(log).hasSize(19);
    queue.addAfter("a", 2_000_000 * MILLISECOND);
    run();
    assertThat(log).hasSize(20);
    assertThat(log.getLast()).isEqualTo((1310715 + 1_000_000) + " a");
  }

  @Test
  void retriesOfAllKeysShareABucket() {
    WorkQueue<String> queue = queue(1000);
    for (int i = 0; i < 120; i++) {
      queue.addRateLimited("k" + i);
    }
    run();
    // 100 at once, each after its own 5 ms, then 10 a second.
    assertThat(log.get(99)).isEqualTo("5 k99");
    assertThat(log.get(100)).isEqualTo("100 k100");
    assertThat(log.get(119)).isEqualTo("2000 k119");
  }

  @Test
  void theDelayThatEndsFirstCounts() {
    WorkQueue<String> queue = queue(2);
    queue.addAfter("a", 30 * MILLISECOND);
    queue.addAfter("a", 10 * MILLISECOND);
    queue.addAfter("a", 20 * MILLISECOND);
    queue.addAfter("b", 40 * MILLISECOND);
    queue.addAfter("b", 0);
    run();
    assertThat(log).containsExactly("0 b", "10 a");
    // What was added meanwhile does not take back the delay.
    done("a", true);
    done("b", true);
    assertThat(log).containsExactly("0 b", "10 a", "40 b");
  }

  @Test
  void forgettingTakesBackWhatIsPending() {
    WorkQueue<String> queue = queue(1);
    queue.addAfter("a", 10 * MILLISECOND);
    queue.forget("a");
    queue.forget("never seen");
    run();
    assertThat(log).isEmpty();
    assertThat(simulation.nanos()).isZero();
  }

  @Test
  void refusesToBeDoneTwice() {
    WorkQueue<String> queue = queue(1);
    queue.add("a");
    run();
    WorkQueue.Done done = Objects.requireNonNull(underWay.get("a"));
    done.done(true);
    assertThatThrownBy(() -> done.done(true)).isInstanceOf(IllegalStateException.class);
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 50);
  }

  /** After every addition the key is worked on, never twice at a time, whatever happens when. */
  @ParameterizedTest
  @MethodSource("seeds")
  void losesNothing(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String replay = "replay with -Dtowtank.test.seed=" + seed;
    int[] clock = {0};
    int[] added = new int[20];
    int[] started = new int[20];
    boolean[] busy = new boolean[20];
    int[] running = {0};
    int workers = random.nextInt(1, 4);
    WorkQueue<Integer> queue =
        new WorkQueue<>(
            simulation,
            workers,
            (key, done) -> {
              assertThat(busy[key]).as(replay).isFalse();
              assertThat(++running[0]).as(replay).isLessThanOrEqualTo(workers);
              busy[key] = true;
              started[key] = ++clock[0];
              simulation.schedule(
                  random.nextInt(3) * 100L,
                  () -> {
                    busy[key] = false;
                    running[0]--;
                    done.done(random.nextInt(5) > 0);
                  });
            });
    for (int i = 0; i < 500; i++) {
      int key = random.nextInt(20);
      switch (random.nextInt(3)) {
        case 0 -> {
          queue.addAfter(key, random.nextInt(1000));
          added[key] = ++clock[0];
        }
        case 1 -> {
          queue.add(key);
          added[key] = ++clock[0];
        }
        default -> simulation.step(simulation.nanos() + random.nextInt(200));
      }
    }
    run();
    for (int key = 0; key < 20; key++) {
      assertThat(started[key]).as(replay + ", key " + key).isGreaterThanOrEqualTo(added[key]);
      assertThat(queue.retries(key)).as(replay).isZero();
    }
    assertThat(queue.size()).as(replay).isZero();
    assertThat(running[0]).as(replay).isZero();
  }
}

package io.towtank.scenarios.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.PodPhase;
import io.towtank.scenarios.observe.Settling;
import io.towtank.store.ApiStore;
import io.towtank.time.SimClock;
import io.towtank.time.Simulation;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SeriesRecorderTest {
  private static final long MILLISECOND = 1_000_000L;

  /** A clock that is set by hand. */
  private static final class TestClock implements SimClock {
    private long nanos;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public long epochNanos() {
      return nanos;
    }
  }

  private final TestClock clock = new TestClock();
  private long running;

  private final Settling settling =
      new Settling(clock, new ApiStore(new Simulation(1, 0), ImmutableList.of()));

  private SeriesRecorder recorder(int room) {
    SeriesRecorder recorder =
        new SeriesRecorder(
            clock,
            phase -> phase == PodPhase.RUNNING ? running : 0,
            () -> running / 2,
            new NodeShares(),
            room);
    settling.add(recorder);
    return recorder;
  }

  private void write(long nanos, long runningAfter) {
    clock.nanos = nanos;
    settling.committed(null, null, 1);
    running = runningAfter;
  }

  @Test
  void aSampleSaysWhatHeldAtTheEndOfItsMoment() {
    SeriesRecorder recorder = recorder(100);
    write(0, 1);
    write(0, 2);
    write(2 * MILLISECOND, 5);
    write(2 * MILLISECOND, 6);
    write(2 * MILLISECOND + 1, 7);
    clock.nanos = 4 * MILLISECOND + 500;
    settling.end();

    TimeSeries series = recorder.series();

    assertThat(series.nanos().asList())
        .containsExactly(
            0L,
            MILLISECOND,
            2 * MILLISECOND,
            3 * MILLISECOND,
            4 * MILLISECOND,
            4 * MILLISECOND + 500);
    assertThat(series.pods()).hasSize(2);
    assertThat(series.pods().getFirst().name()).isEqualTo("Running");
    assertThat(series.pods().getFirst().counts().asList())
        .containsExactly(2.0, 2.0, 6.0, 7.0, 7.0, 7.0);
    assertThat(series.pods().getLast().name()).isEqualTo("Ready");
    assertThat(series.pods().getLast().counts().asList())
        .containsExactly(1.0, 1.0, 3.0, 3.0, 3.0, 3.0);
  }

  @Test
  void aRunWithoutTimeHasOneSample() {
    SeriesRecorder recorder = recorder(8);
    write(0, 3);
    settling.end();

    assertThat(recorder.series().nanos().asList()).containsExactly(0L);
    assertThat(recorder.series().pods().getFirst().counts().asList()).containsExactly(3.0);
  }

  static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 200);
  }

  /** However long a run is and however its writes lie: bounded, evenly spaced, and true. */
  @ParameterizedTest
  @MethodSource("seeds")
  void agreesWithTheWholeHistory(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int room = 2 * random.nextInt(1, 20);
    SeriesRecorder recorder = recorder(room);
    TreeMap<Long, Long> history = new TreeMap<>(Map.of(0L, 0L));
    long nanos = 0;
    for (int i = random.nextInt(200); i >= 0; i--) {
      nanos += random.nextInt(3) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 45));
      write(nanos, random.nextInt(1, 1000));
      history.put(nanos, running);
    }
    clock.nanos = nanos + random.nextLong(1L << random.nextInt(1, 45));
    settling.end();

    TimeSeries series = recorder.series();

    String replay = "replay with -Dtowtank.test.seed=" + seed;
    int length = series.nanos().length();
    assertThat(length).as(replay).isBetween(1, room);
    assertThat(series.nanos().get(length - 1)).as(replay).isEqualTo(clock.nanos);
    for (int i = 0; i < length; i++) {
      long at = series.nanos().get(i);
      if (i > 0 && i < length - 1) {
        assertThat(at).as(replay).isEqualTo(i * series.nanos().get(1));
      }
      assertThat(series.pods().getFirst().counts().get(i))
          .as(replay + ", sample at " + at)
          .isEqualTo(history.floorEntry(at).getValue().doubleValue());
    }
    if (clock.nanos > room * MILLISECOND) {
      assertThat(length).as(replay).isGreaterThanOrEqualTo(room / 2);
    }
  }
}

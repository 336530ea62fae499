package io.towtank.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SimulationTest {
  private static final long START = 1_767_225_600_000_000_000L; // 2026-01-01T00:00:00Z
  private static final StopCondition IDLE = new StopCondition.Idle();

  private final Simulation simulation = new Simulation(1, START);
  private final List<String> ran = new ArrayList<>();

  private Runnable note(String text) {
    return () -> ran.add(text + "@" + simulation.nanos());
  }

  @Test
  void runsInOrderOfTimeAndAtEqualTimesInTheOrderOfScheduling() {
    simulation.schedule(5, note("c"));
    simulation.schedule(3, note("a"));
    simulation.scheduleBackground(5, note("d"));
    simulation.schedule(3, note("b"));
    simulation.schedule(5, note("e"));

    simulation.run(IDLE);

    assertThat(ran).containsExactly("a@3", "b@3", "c@5", "d@5", "e@5");
    assertThat(simulation.events()).isEqualTo(5);
    assertThat(simulation.epochNanos()).isEqualTo(START + 5);
  }

  @Test
  void aDelayOfZeroComesAfterAllThatIsDueAlready() {
    simulation.schedule(
        1,
        () -> {
          simulation.schedule(0, note("scheduled first, comes last"));
          note("first").run();
        });
    simulation.schedule(1, note("second"));

    simulation.run(IDLE);

    assertThat(ran).containsExactly("first@1", "second@1", "scheduled first, comes last@1");
  }

  @Test
  void schedulesAtATime() {
    simulation.run(new StopCondition.Time(10));
    simulation.scheduleAt(12, note("later"));
    simulation.scheduleAt(10, note("now"));

    simulation.run(IDLE);

    assertThat(ran).containsExactly("now@10", "later@12");
  }

  @Test
  void thePastIsRefused() {
    simulation.run(new StopCondition.Time(10));

    assertThatThrownBy(() -> simulation.schedule(-1, note("never")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cannot schedule an event with a delay of -1 ns: the past cannot be changed, the clock"
                + " is at 10 ns");
    assertThatThrownBy(() -> simulation.scheduleBackground(Long.MIN_VALUE, note("never")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> simulation.scheduleAt(9, note("never")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cannot schedule an event at 9 ns: the past cannot be changed, the clock is at 10 ns");
    assertThat(simulation.idle()).isTrue();
  }

  @Test
  void whatLiesBeyondTheEndOfTimeNeverRuns() {
    long timer = simulation.schedule(Long.MAX_VALUE, note("never"));
    simulation.schedule(Long.MAX_VALUE - START - 1, note("at the end of time"));
    simulation.schedule(Long.MAX_VALUE - START, note("one nanosecond later"));

    assertThat(simulation.run(IDLE)).isEqualTo(IDLE);

    assertThat(ran).containsExactly("at the end of time@" + (Long.MAX_VALUE - START - 1));
    assertThat(simulation.epochNanos()).isEqualTo(Long.MAX_VALUE - 1);
    assertThat(simulation.step(Long.MAX_VALUE)).isFalse();
    assertThat(simulation.cancel(timer)).isTrue();
    assertThat(simulation.cancel(timer)).isFalse();
  }

  @Test
  void aCancelledTimerDoesNotRunAndCannotBeCancelledAgain() {
    long timer = simulation.schedule(5, note("cancelled"));
    long other = simulation.schedule(6, note("other"));

    assertThat(timer).isNotZero();
    assertThat(simulation.cancel(timer)).isTrue();
    assertThat(simulation.cancel(timer)).isFalse();
    simulation.run(IDLE);

    assertThat(ran).containsExactly("other@6");
    assertThat(simulation.cancel(other)).as("it has run").isFalse();
    assertThat(simulation.cancel(0)).as("0 names no timer").isFalse();
  }

  @Test
  void anEventMayCancelOneThatIsDueNow() {
    long[] timer = new long[1];
    simulation.schedule(5, () -> assertThat(simulation.cancel(timer[0])).isTrue());
    timer[0] = simulation.schedule(5, note("cancelled"));

    simulation.run(IDLE);

    assertThat(ran).isEmpty();
    assertThat(simulation.events()).isEqualTo(1);
  }

  @Test
  void theClockDoesNotStopAtACancelledTimer() {
    simulation.schedule(3, note("last"));
    simulation.cancel(simulation.schedule(7, note("cancelled")));

    simulation.run(IDLE);
    assertThat(simulation.step(Long.MAX_VALUE)).isFalse();

    assertThat(simulation.nanos()).isEqualTo(3);
  }

  @Test
  void backgroundTimersRunButDoNotKeepItFromBeingIdle() {
    Runnable[] heartbeat = new Runnable[1];
    heartbeat[0] =
        () -> {
          note("heartbeat").run();
          simulation.scheduleBackground(10, heartbeat[0]);
        };
    simulation.scheduleBackground(10, heartbeat[0]);
    assertThat(simulation.idle()).isTrue();
    long timer = simulation.schedule(1000, note("never"));
    simulation.schedule(25, note("work"));
    assertThat(simulation.idle()).isFalse();
    simulation.cancel(timer);

    assertThat(simulation.run(IDLE)).isEqualTo(IDLE);

    assertThat(ran).containsExactly("heartbeat@10", "heartbeat@20", "work@25");
    assertThat(simulation.nanos()).isEqualTo(25);
  }

  @Test
  void stopsAtATimeWithTheClockThere() {
    simulation.schedule(10, note("due"));
    simulation.schedule(11, note("later"));
    StopCondition end = new StopCondition.Time(10);

    assertThat(simulation.run(new StopCondition.Time(99), end)).isEqualTo(end);
    assertThat(ran).containsExactly("due@10");

    simulation.run(IDLE);
    assertThat(simulation.run(new StopCondition.Time(5000)))
        .isEqualTo(new StopCondition.Time(5000));
    assertThat(simulation.nanos()).isEqualTo(5000);
  }

  @Test
  void aTimeAloneGoesOnWhereNothingButBackgroundTimersIsPending() {
    simulation.scheduleBackground(10, note("background"));

    simulation.run(new StopCondition.Time(20));

    assertThat(ran).containsExactly("background@10");
  }

  @Test
  void stopsOnceSomethingHoldsWithTheClockAtTheEventThatBroughtItAbout() {
    for (int i = 1; i <= 5; i++) {
      simulation.schedule(i, note("event"));
    }
    StopCondition three = new StopCondition.Holds("three have run", () -> ran.size() >= 3);

    assertThat(simulation.run(new StopCondition.Time(100), three)).isSameAs(three);
    assertThat(simulation.nanos()).isEqualTo(3);
    assertThat(simulation.run(three)).as("it holds already").isSameAs(three);
    assertThat(ran).hasSize(3);
  }

  @Test
  void aConditionThatNeverHoldsEndsWithIdle() {
    simulation.schedule(1, note("event"));
    simulation.scheduleBackground(2, note("background"));

    assertThat(simulation.run(new StopCondition.Holds("never", () -> false))).isEqualTo(IDLE);
    assertThat(ran).containsExactly("event@1");
  }

  @Test
  void anInterruptStopsAfterTheEventUnderWayAndIsSpentThen() {
    simulation.schedule(1, simulation::interrupt);
    simulation.schedule(2, note("after"));

    assertThat(simulation.run(IDLE)).isEqualTo(new StopCondition.Interrupted());
    assertThat(ran).isEmpty();
    assertThat(simulation.run(IDLE)).isEqualTo(IDLE);
    assertThat(ran).containsExactly("after@2");
  }

  @Test
  void progressIsToldEverySoManyEvents() {
    List<Long> told = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      simulation.schedule(i, note("event"));
    }
    simulation.onProgress(3, () -> told.add(simulation.events()));

    simulation.run(IDLE);

    assertThat(told).containsExactly(3L, 6L, 9L);
    assertThatThrownBy(() -> simulation.onProgress(0, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("everyEvents is 0, must be at least 1");
  }

  @Test
  void anEventCannotRunOthers() {
    simulation.schedule(1, () -> simulation.step(10));
    simulation.schedule(2, note("second"));

    assertThatThrownBy(() -> simulation.run(IDLE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an event may not run other events; it can schedule them with a delay of 0");
    simulation.run(IDLE);
    assertThat(ran).as("it can go on after an event failed").containsExactly("second@2");
  }

  @Test
  void stepRunsOneEvent() {
    simulation.schedule(1, note("first"));
    simulation.schedule(1, note("second"));

    assertThat(simulation.step(0)).isFalse();
    assertThat(simulation.step(5)).isTrue();
    assertThat(ran).containsExactly("first@1");
    assertThat(simulation.step(5)).isTrue();
    assertThat(simulation.step(5)).isFalse();
    assertThat(simulation.nanos()).isEqualTo(5);
  }

  @Test
  void modesDoNotChangeWhatHappens() {
    List<List<Long>> runs = new ArrayList<>();
    for (CheckMode mode : CheckMode.values()) {
      Simulation run = new Simulation(7, START, mode);
      run.checkEvery(2);
      List<Long> trace = new ArrayList<>();
      run.addSelfCheck(
          new SelfCheck() {
            @Override
            public String name() {
              return "test: sorted";
            }

            @Override
            public @Nullable String firstDifference() {
              return trace.stream().sorted().toList().equals(trace) ? null : "not sorted: " + trace;
            }
          });
      RandomStream random = run.random("test");
      for (int i = 0; i < 50; i++) {
        run.schedule(random.nextInt(100), () -> trace.add(run.nanos()));
      }
      run.run(IDLE);
      runs.add(trace);
    }
    assertThat(runs.get(0)).hasSize(50).isEqualTo(runs.get(1)).isEqualTo(runs.get(2));
  }
}

package io.towtank.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A process is a part of a simulation that can be taken out of it at once. */
class ProcessTest {
  private final Simulation whole = new Simulation(1, 0, CheckMode.CHECKED);
  private final Simulation process = whole.process();
  private final List<String> log = new ArrayList<>();

  private Runnable note(String what) {
    return () -> log.add(whole.nanos() + " " + what);
  }

  @Test
  void itsEventsRunInTurnWithAllOthers() {
    whole.schedule(5, note("a"));
    process.schedule(5, note("b"));
    whole.schedule(5, note("c"));
    process.scheduleAt(3, note("d"));
    whole.run();
    assertThat(log).containsExactly("3 d", "5 a", "5 b", "5 c");
    assertThat(process.nanos()).isEqualTo(5);
    assertThat(process.events()).isEqualTo(4);
  }

  @Test
  void whatItHasScheduledGoesWithIt() {
    process.schedule(1, note("before"));
    process.schedule(10, note("after"));
    process.scheduleBackground(11, note("in the background"));
    whole.schedule(5, process::endProcess);
    whole.schedule(12, note("another's"));
    whole.run();
    assertThat(log).containsExactly("1 before", "12 another's");
    assertThat(whole.idle()).isTrue();
  }

  @Test
  void afterItsEndNothingThatItSchedulesRuns() {
    process.endProcess();
    long timer = process.schedule(1, note("never"));
    assertThat(whole.idle()).isTrue();
    assertThat(process.cancel(timer)).isFalse();
    whole.run(new StopCondition.Time(10));
    assertThat(log).isEmpty();
  }

  @Test
  void timersCanBeTakenBack() {
    long timer = process.schedule(1, note("never"));
    assertThat(process.cancel(timer)).isTrue();
    assertThat(process.cancel(timer)).isFalse();
    whole.run(new StopCondition.Time(10));
    assertThat(log).isEmpty();
  }

  @Test
  void aTimerThatHasRunIsNotTakenForAnothersOfItsNumber() {
    process.schedule(1, note("first"));
    whole.run();
    for (int i = 0; i < 100; i++) {
      whole.schedule(1 + i, note("other"));
    }
    process.endProcess();
    whole.run();
    assertThat(log).hasSize(101);
  }

  @Test
  void itsChecksEndWithIt() {
    process.addSelfCheck(
        new SelfCheck() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public @Nullable String firstDifference() {
            return "it is broken";
          }
        });
    assertThatThrownBy(whole::runSelfChecks).isInstanceOf(InvariantViolation.class);
    process.endProcess();
    whole.runSelfChecks();
  }

  @Test
  void onlyTheWholeIsRunAndOnlyAProcessEnds() {
    assertThatThrownBy(() -> process.step(1)).hasMessageContaining("the whole can be run");
    assertThatThrownBy(whole::endProcess).hasMessageContaining("this is the whole simulation");
  }
}

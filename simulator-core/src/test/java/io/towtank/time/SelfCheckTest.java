package io.towtank.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SelfCheckTest {
  /** Notes after how many events it ran; says what it is told to say. */
  private static final class Probe implements SelfCheck {
    private final Simulation simulation;
    private final List<Long> ranAfter = new ArrayList<>();
    private @Nullable String difference;

    Probe(Simulation simulation) {
      this.simulation = simulation;
    }

    @Override
    public String name() {
      return "test: probe";
    }

    @Override
    public @Nullable String firstDifference() {
      ranAfter.add(simulation.events());
      return difference;
    }
  }

  private static Probe runTenEvents(CheckMode mode, long everyEvents) {
    Simulation simulation = new Simulation(1, 0, mode);
    simulation.checkEvery(everyEvents);
    Probe probe = new Probe(simulation);
    simulation.addSelfCheck(probe);
    for (int i = 0; i < 10; i++) {
      simulation.schedule(i, () -> {});
    }
    simulation.run(new StopCondition.Time(4));
    simulation.run(new StopCondition.Idle());
    return probe;
  }

  @Test
  void fastRunsNoChecks() {
    assertThat(runTenEvents(CheckMode.FAST, 1).ranAfter).isEmpty();
  }

  @Test
  void checkedRunsThemAtEveryStop() {
    assertThat(runTenEvents(CheckMode.CHECKED, 1).ranAfter).containsExactly(5L, 10L);
  }

  @Test
  void paranoidRunsThemAlsoEverySoManyEvents() {
    assertThat(runTenEvents(CheckMode.PARANOID, 4).ranAfter).containsExactly(4L, 5L, 8L, 10L);
  }

  @Test
  void theFirstDifferenceIsAnErrorThatNamesCheckTimeAndDifference() {
    Simulation simulation = new Simulation(1, 0, CheckMode.PARANOID);
    simulation.checkEvery(1);
    Probe sound = new Probe(simulation);
    Probe broken = new Probe(simulation);
    Probe after = new Probe(simulation);
    simulation.addSelfCheck(sound);
    simulation.addSelfCheck(broken);
    simulation.addSelfCheck(after);
    simulation.schedule(1_500_000_000L, () -> broken.difference = "node-3: 400m, should be 300m");
    simulation.schedule(2_000_000_000L, () -> {});

    assertThatThrownBy(() -> simulation.run(new StopCondition.Idle()))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            e -> {
              assertThat(e.check()).isEqualTo("test: probe");
              assertThat(e.nanos()).isEqualTo(1_500_000_000L);
              assertThat(e.difference()).isEqualTo("node-3: 400m, should be 300m");
            })
        .hasMessage(
            "test: probe, at 1.500000000 s of virtual time after 1 events: node-3: 400m, should be"
                + " 300m");
    assertThat(sound.ranAfter).containsExactly(1L);
    assertThat(after.ranAfter).isEmpty();
  }

  @Test
  void anIntervalBelowOneIsRefused() {
    Simulation simulation = new Simulation(1, 0);
    assertThatThrownBy(() -> simulation.checkEvery(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("events is 0, must be at least 1");
  }
}

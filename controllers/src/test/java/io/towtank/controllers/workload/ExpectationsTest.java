package io.towtank.controllers.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
  private final Simulation simulation = new Simulation(1, 0);
  private final Expectations<String> expectations = new Expectations<>(simulation);

  @Test
  void nothingExpectedIsMet() {
    assertThat(expectations.met("a")).isTrue();
  }

  @Test
  void creationsAreMetWhenAllAreSeen() {
    expectations.expectCreations("a", 2);
    assertThat(expectations.met("a")).isFalse();
    assertThat(expectations.met("b")).isTrue();
    expectations.creationObserved("a");
    assertThat(expectations.met("a")).isFalse();
    expectations.creationsObserved("a", 1);
    assertThat(expectations.met("a")).isTrue();
    expectations.creationObserved("a");
    assertThat(expectations.met("a")).isTrue();
  }

  @Test
  void aDeletionCountsOnce() {
    expectations.expectDeletions("a", List.of("p", "q"));
    expectations.deletionObserved("a", "p");
    expectations.deletionObserved("a", "p");
    expectations.deletionObserved("a", "other");
    assertThat(expectations.met("a")).isFalse();
    expectations.deletionObserved("a", "q");
    assertThat(expectations.met("a")).isTrue();
  }

  @Test
  void whatNeverComesIsGivenUpAfterFiveMinutes() {
    expectations.expectCreations("a", 1);
    simulation.run(new StopCondition.Time(300_000_000_000L));
    assertThat(expectations.met("a")).isFalse();
    simulation.run(new StopCondition.Time(300_000_000_001L));
    assertThat(expectations.met("a")).isTrue();
  }

  @Test
  void newExpectationsReplaceOldOnes() {
    expectations.expectDeletions("a", List.of("p"));
    expectations.expectCreations("a", 1);
    expectations.creationObserved("a");
    assertThat(expectations.met("a")).isTrue();
    expectations.expectCreations("a", 1);
    expectations.forget("a");
    assertThat(expectations.met("a")).isTrue();
  }
}

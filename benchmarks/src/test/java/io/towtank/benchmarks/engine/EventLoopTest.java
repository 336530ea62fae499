package io.towtank.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Only designs that do the same can be compared. */
final class EventLoopTest {
  @ParameterizedTest
  @EnumSource(Design.class)
  void everyDesignRunsTheSameEventsInTheSameOrder(Design design) {
    for (int actors : new int[] {1, 10, 5000}) {
      EventLoop loop = design.create();
      EventLoop expected = Design.HEAP_2.create();
      assertThat(Load.hold(loop, actors).run(50_000))
          .isEqualTo(Load.hold(expected, actors).run(50_000));
      assertThat(loop.nanos()).isEqualTo(expected.nanos());
      assertThat(Load.burst(design.create(), actors).run(50_000))
          .isEqualTo(Load.burst(Design.HEAP_2.create(), actors).run(50_000));
      assertThat(Load.cancel(design.create(), actors).run(50_000))
          .isEqualTo(Load.cancel(Design.HEAP_2.create(), actors).run(50_000));
    }
  }
}

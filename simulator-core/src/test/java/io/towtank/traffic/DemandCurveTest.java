package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DemandCurveTest {
  private static final long SECOND = 1_000_000_000L;
  private static final DemandCurve STEPS =
      new DemandCurve.Steps(
          ImmutableList.of(
              new DemandCurve.Step(10 * SECOND, 5), new DemandCurve.Step(20 * SECOND, 50)));

  @Test
  void stepsCountFromTheirTimesOn() {
    assertThat(STEPS.requests(0, 10 * SECOND)).isZero();
    assertThat(STEPS.requests(8 * SECOND, 12 * SECOND)).isEqualTo(10);
    assertThat(STEPS.requests(19 * SECOND, 21 * SECOND)).isEqualTo(55);
    assertThat(STEPS.requests(0, 100 * SECOND)).isEqualTo(50 + 80 * 50);
  }

  @Test
  void aDayGoesFromLowToHighAndBack() {
    DemandCurve day = new DemandCurve.Diurnal(10, 30, 86_400 * SECOND);
    assertThat(day.requests(0, SECOND)).isCloseTo(10, within(0.01));
    assertThat(day.requests(43_200 * SECOND, 43_201 * SECOND)).isCloseTo(30, within(0.01));
    assertThat(day.requests(0, 86_400 * SECOND)).isCloseTo(20 * 86_400, within(1.0));
  }

  @Test
  void burstsComeOnTop() {
    DemandCurve bursts =
        new DemandCurve.Bursts(
            new DemandCurve.Constant(1), 10, 60 * SECOND, 100 * SECOND, 5 * SECOND);
    assertThat(bursts.requests(0, 60 * SECOND)).isEqualTo(60);
    assertThat(bursts.requests(62 * SECOND, 70 * SECOND)).isEqualTo(8 + 30);
    assertThat(bursts.requests(0, 260 * SECOND)).isEqualTo(260 + 100);
  }

  /** However time is cut, what comes is the same. */
  @Test
  void partsAddUpToTheWhole() {
    Random random = new Random(1);
    for (DemandCurve curve :
        new DemandCurve[] {
          STEPS,
          new DemandCurve.Diurnal(3, 8, 77 * SECOND),
          new DemandCurve.Bursts(STEPS, 7, 3 * SECOND, 11 * SECOND, 4 * SECOND)
        }) {
      double sum = 0;
      long at = 0;
      while (at < 300 * SECOND) {
        long next = at + 1 + random.nextLong(9 * SECOND);
        double part = curve.requests(at, next);
        assertThat(part).isGreaterThanOrEqualTo(0);
        sum += part;
        at = next;
      }
      assertThat(sum).isCloseTo(curve.requests(0, at), within(1e-3));
    }
  }

  /** What a curve is at a time is what comes about then. */
  @Test
  void valuesAreWhatComesInAnInstant() {
    Random random = new Random(3);
    DemandCurve table =
        new DemandCurve.Table(
            ImmutableList.of(
                new DemandCurve.Step(20 * SECOND, 4), new DemandCurve.Step(90 * SECOND, 60)));
    for (DemandCurve curve :
        new DemandCurve[] {
          new DemandCurve.Constant(4),
          STEPS,
          table,
          new DemandCurve.Diurnal(3, 8, 77 * SECOND),
          new DemandCurve.Bursts(table, 7, 3 * SECOND, 11 * SECOND, 4 * SECOND)
        }) {
      for (int i = 0; i < 1000; i++) {
        long at = random.nextLong(300 * SECOND) / SECOND * SECOND;
        assertThat(curve.at(at))
            .as("%s at %d", curve, at)
            .isCloseTo(curve.requests(at, at + 1000) * 1e6, within(1e-3));
      }
    }
  }
}

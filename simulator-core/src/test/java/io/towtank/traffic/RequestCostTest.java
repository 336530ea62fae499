package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towtank.latency.Distributions;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCostTest {
  /** Mean and variance are those of what is drawn; the points have the mean and close quantiles. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10ms",
        "uniform(2ms, 18ms)",
        "exponential(10ms)",
        "normal(10ms, 2ms)",
        "lognormal(8ms, 0.7)"
      })
  void isAsTheDistribution(String text) {
    var distribution = Distributions.parse(text);
    RequestCost cost = RequestCost.of(distribution);
    SplittableRandom random = new SplittableRandom(3);
    double[] drawn = new double[200_000];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = distribution.sampleNanos(random);
      sum += drawn[i];
      squares += drawn[i] * drawn[i];
    }
    Arrays.sort(drawn);
    double mean = sum / drawn.length;
    double variance = squares / drawn.length - mean * mean;
    assertThat(cost.meanNanos()).isCloseTo(mean, within(0.01 * mean));
    assertThat(cost.variation()).isCloseTo(variance / mean / mean, within(0.03));
    double below = 0;
    double pointMean = 0;
    for (int i = 0; i < cost.points().length(); i++) {
      double weight = cost.weights().get(i);
      pointMean += weight * cost.points().get(i);
      double expected = drawn[(int) ((below + weight / 2) * drawn.length)];
      assertThat(cost.points().get(i) * mean).isCloseTo(expected, within(0.06 * expected + 5e4));
      below += weight;
    }
    assertThat(below).isCloseTo(1, within(1e-9));
    assertThat(pointMean).isCloseTo(1, within(1e-9));
  }
}

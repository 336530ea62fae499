package io.towtank.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributionsTest {
  @Test
  void readsEach() {
    assertThat(Distributions.parse("2s")).isEqualTo(new Distribution.Constant(2_000_000_000L));
    assertThat(Distributions.parse("uniform(1s, 5s)"))
        .isEqualTo(new Distribution.Uniform(1_000_000_000L, 5_000_000_000L));
    assertThat(Distributions.parse(" exponential( 30s )"))
        .isEqualTo(new Distribution.Exponential(30_000_000_000L));
    assertThat(Distributions.parse("normal(1s,200ms)"))
        .isEqualTo(new Distribution.Normal(1_000_000_000L, 200_000_000L));
    assertThat(Distributions.parse("lognormal(5ms, 0.4)"))
        .isEqualTo(new Distribution.LogNormal(5_000_000L, 0.4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "soon | lognormal(5ms, 0.4)",
        "gamma(1s, 2s) | no distribution \"gamma\"",
        "uniform(5s, 1s) | less than the first",
        "uniform(5s) | 1 arguments, not 2",
        "exponential() | no duration",
        "lognormal(5ms, wide) | number from 0 to 10",
        "lognormal(5ms, -1) | number from 0 to 10",
      })
  void refusesWhatIsNone(String text, String message) {
    assertThatThrownBy(() -> Distributions.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}

package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0s",
    "1ns, 1, 1ns",
    "1.5us, 1500, 1.5us",
    "2µs, 2000, 2us",
    "500ms, 500000000, 500ms",
    "1.25s, 1250000000, 1.25s",
    ".5s, 500000000, 500ms",
    "90s, 90000000000, 1m30s",
    "1h30m, 5400000000000, 1h30m",
    "149d, 12873600000000000, 149d",
    "1d1s, 86401000000000, 1d1s",
    "1.5h, 5400000000000, 1h30m",
  })
  void readsAndWrites(String text, long nanos, String written) {
    assertThat(Durations.parse(text)).isEqualTo(nanos);
    assertThat(Durations.format(nanos)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "h", "1x", "1h 30m", "-1s", "1s2", "1h30", "one second", "1e3s"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"")
        .hasMessageContaining("1h30m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"293000d", "99999999999999999999h"})
  void refusesMoreThanVirtualTimeHas(String text) {
    assertThatThrownBy(() -> Durations.parse(text)).hasMessageContaining("292 years");
  }
}

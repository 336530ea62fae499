package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntOrStringTest {
  @ParameterizedTest
  @CsvSource({
    "7, 31, 7, 7",
    "-3, 31, -3, -3",
    "0%, 31, 0, 0",
    "25%, 10, 2, 3",
    "100%, 10, 10, 10",
    "121%, 9, 10, 11",
    "+50%, 3, 1, 2",
    "-25%, 10, -3, -2",
  })
  void scales(String text, int total, int down, int up) {
    IntOrString value = IntOrString.parse(text);
    assertThat(value.scaled(total, false)).isEqualTo(down);
    assertThat(value.scaled(total, true)).isEqualTo(up);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "http", "25 %", "2.5%", "25%%", "%25", "\u0663%"})
  void refusesWhatIsNoPercentage(String text) {
    assertThatThrownBy(() -> IntOrString.of(text).scaled(10, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\" is neither a number nor a percentage");
  }
}

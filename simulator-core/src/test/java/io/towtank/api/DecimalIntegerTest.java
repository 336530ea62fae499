package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalIntegerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-0", "+7", "007", "-12", "9223372036854775807", "-9223372036854775808"})
  void readsWholeNumbers(String text) {
    assertThat(DecimalInteger.parse(text)).hasValue(Long.parseLong(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        "1.0",
        "1e3",
        " 1",
        "1 ",
        "0x1",
        "1_000",
        "--1",
        "\u0663",
        "9223372036854775808",
        "-9223372036854775809",
        "+9223372036854775808",
        "100000000000000000000"
      })
  void refusesEverythingElse(String text) {
    assertThat(DecimalInteger.parse(text)).isEmpty();
  }
}

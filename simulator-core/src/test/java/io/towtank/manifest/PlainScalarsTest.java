package io.towtank.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainScalarsTest {
  /** As {@code kubectl create --dry-run=client -o json} shows for sigs.k8s.io/yaml. */
  @ParameterizedTest
  @CsvSource({
    "yes, true",
    "On, true",
    "y, true",
    "TRUE, true",
    "no, false",
    "off, false",
    "N, false",
    "~, null",
    "Null, null",
    "'', null",
    "1, 1",
    "+5, 5",
    "-0, 0",
    "1_000, 1000",
    "010, 8",
    "0o17, 15",
    "08, 8",
    "0x1F, 31",
    "0b101, 5",
    "-0b11, -3",
    "1e3, 1000",
    "1., 1",
    "1.5, 1.5",
    "3.0, 3",
    ".5, 0.5",
    "-.5, -0.5",
    "1e-3, 0.001",
    "6.02e23, 6.02E23",
    "18446744073709551616, 18446744073709551616"
  })
  void somethingElseThanAText(String word, String json) {
    assertThat(PlainScalars.resolve(word)).hasToString(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12:30:45",
        "2026-01-31",
        "2026-01-31T15:04:05Z",
        "1.2.3",
        "1Gi",
        "500m",
        "0x",
        "-",
        "+",
        "e3",
        "1e",
        "yEs",
        "nginx",
        "0.0.0.0",
        "0xZZ",
        ".",
        "..",
        "1e999"
      })
  void aText(String word) {
    assertThat(PlainScalars.resolve(word)).isEqualTo(new TextNode(word));
  }

  @ParameterizedTest
  @ValueSource(strings = {".nan", ".inf", "-.Inf", "+.INF"})
  void nothingThatJsonHas(String word) {
    assertThat(PlainScalars.resolve(word)).isNull();
  }
}

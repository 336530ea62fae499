package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameRulesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "A9", "a-b_c.d", "example.com/a", "a.b-c.d/X_y", "1"})
  void allowsLabelKeys(String key) {
    assertThat(NameRules.labelKey(key)).isEmpty();
    assertThat(NameRules.labelKey(key + "a".repeat(40))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a", "a-", "a b", "a/b/c", "/a", "a/", "A/b", "a..b/c", "-a/b", "\u00e4"})
  void refusesLabelKeys(String key) {
    assertThat(NameRules.labelKey(key)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a.b-c_d", "0", "X"})
  void allowsLabelValues(String value) {
    assertThat(NameRules.labelValue(value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "a ", ".a", "a/b", "\u00e4"})
  void refusesLabelValues(String value) {
    assertThat(NameRules.labelValue(value)).hasSize(1);
  }

  @Test
  void countsBytes() {
    assertThat(NameRules.labelValue("a".repeat(63))).isEmpty();
    assertThat(NameRules.labelValue("a".repeat(64)))
        .containsExactly("must be no more than 63 characters");
    assertThat(NameRules.labelValue("\u00e4".repeat(32))).hasSize(2);
    assertThat(NameRules.labelKey("a/" + "b".repeat(64)))
        .containsExactly("name part must be no more than 63 characters");
    assertThat(NameRules.dns1123Subdomain("a".repeat(254)))
        .containsExactly("must be no more than 253 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "a-b", "web-0"})
  void allowsDnsLabels(String name) {
    assertThat(NameRules.dns1123Label(name)).isEmpty();
    assertThat(NameRules.dns1123Subdomain(name + "." + name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "A", "a_b", "a b"})
  void refusesDnsLabels(String name) {
    assertThat(NameRules.dns1123Label(name)).hasSize(1);
    assertThat(NameRules.dns1123Subdomain("a." + name)).hasSize(1);
  }

  @Test
  void refusesADotInALabel() {
    assertThat(NameRules.dns1123Label("a.b")).hasSize(1);
  }
}

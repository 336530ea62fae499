package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldSelectorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // text | canonical
        "spec.nodeName=n1|spec.nodeName=n1",
        "spec.nodeName==n1|spec.nodeName=n1",
        "spec.nodeName=|spec.nodeName=",
        "status.phase!=Running|status.phase!=Running",
        "b=2,a!=1|a!=1,b=2",
        "a=1,,b=2|a=1,b=2",
        "a=b\\,c|a=b\\,c",
        "a=b\\=c\\\\|a=b\\=c\\\\",
        "''|''",
      })
  void readsAndWrites(String text, String canonical) {
    assertThat(FieldSelector.parse(text)).hasToString(canonical);
    assertThat(FieldSelector.parse(canonical)).isEqualTo(FieldSelector.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a|invalid selector: 'a'; can't understand 'a'",
        "a=1,b|invalid selector: 'a=1,b'; can't understand 'b'",
        "a=b=c|invalid field selector: unescaped character in value: 61",
        "a=b\\c|invalid field selector: invalid escape sequence: \\c",
        "a=b\\|invalid field selector: invalid escape sequence: \\",
      })
  void refuses(String text, String message) {
    assertThatThrownBy(() -> FieldSelector.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|true",
        "phase=Running|true",
        "phase!=Running|false",
        "phase=Running,node=n1|true",
        "phase=Running,node=n2|false",
        "missing=|true",
        "missing!=|false",
        "missing!=x|true",
        "missing=x|false",
      })
  void matches(String text, boolean expected) {
    ImmutableMap<String, String> fields = ImmutableMap.of("phase", "Running", "node", "n1");
    assertThat(FieldSelector.parse(text).matches(fields::get)).isEqualTo(expected);
  }
}

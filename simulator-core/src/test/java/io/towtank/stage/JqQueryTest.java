package io.towtank.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JqQueryTest {
  private static final JsonNode POD =
      json(
          """
          {"metadata": {"name": "web", "labels": {"a/b": "c"}, "annotations": {"x.y/z": "5s"},
                        "finalizers": ["one", "two"], "nothing": null},
           "status": {"phase": "Running", "count": 3,
                      "conditions": [{"type": "Ready", "status": "True"},
                                     {"type": "Initialized", "status": "False"}],
                      "containerStatuses": [{"ready": true, "restartCount": 0},
                                            {"ready": false, "restartCount": 2}]}}
          """);

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        ".metadata.name => [\"web\"]",
        ".metadata.nothing => []",
        ".metadata.absent.deeper => []",
        ".metadata.labels[\"a/b\"] => [\"c\"]",
        ".metadata.labels.\"a/b\" => [\"c\"]",
        ".metadata.annotations.[\"x.y/z\"] => [\"5s\"]",
        ".metadata.finalizers[] => [\"one\", \"two\"]",
        ".metadata.finalizers.[1] => [\"two\"]",
        ".metadata.finalizers[-1] => [\"two\"]",
        ".metadata.finalizers[7] => []",
        ".metadata.finalizers | length => [2]",
        ".status.conditions.[] | select( .type == \"Ready\" ) | .status => [\"True\"]",
        ".status.conditions[] | select(.type != \"Ready\" and .status == \"True\") | .type => []",
        ".status.conditions[] | select(.type == \"x\" or .status == \"False\").type =>"
            + " [\"Initialized\"]",
        ".status.containerStatuses.[].restartCount => [0, 2]",
        ".status.containerStatuses | any(.restartCount >= 2) => [true]",
        ".status.containerStatuses | map(.ready) | all => [false]",
        ".status.containerStatuses[] | select(.ready | not) | .restartCount => [2]",
        ".metadata.absent // \"otherwise\" => [\"otherwise\"]",
        ".metadata.name // \"otherwise\" => [\"web\"]",
        ".status.phase | startswith(\"Run\") => [true]",
        ".status.count | tostring => [\"3\"]",
        ".metadata | has(\"labels\") => [true]",
        ".metadata.name[]? => []",
        ".status.phase == \"Running\" => [true]",
        ". | .status.count > 2 => [true]",
      })
  void finds(String query, String expected) {
    assertThat(String.valueOf(JqQuery.parse(query).run(POD)).replace(".0", "")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {".metadata.absent[]", ".metadata.name.first", ".metadata.labels[0]"})
  void hasNoResultAtAllWhereItCannotBeRun(String query) {
    assertThat(JqQuery.parse(query).run(POD)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        ".a | test(\"x\") => jq's \"test\" in \".a | test(\"x\")\" is not supported",
        "if .a then 1 else 2 end => jq's \"if\" in",
        ".a as $x | $x => \"as $x | $x\" in the query \".a as $x | $x\" is not supported",
        ".a[1:2] => \":2]\" in the query",
        ".a |= 1 => \"|= 1\" in the query",
        ".a == => ends where a value should be",
        ".a[\"b => has a text that does not end",
        "{a: .b} => \"{a: .b}\" in the query",
      })
  void refusesByNameWhatIsNotSupported(String query, String message) {
    assertThatThrownBy(() -> JqQuery.parse(query))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}

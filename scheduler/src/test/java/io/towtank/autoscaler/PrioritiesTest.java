package io.towtank.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towtank.api.GenericObject;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrioritiesTest {
  private static GenericObject map(String data) {
    return (GenericObject)
        ObjectCodec.read(
            YamlReader.read(
                    "a.yaml",
                    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: " + data + "}")
                .getFirst()
                .content());
  }

  @Test
  void areReadAsPeopleWriteThem() {
    assertThat(
            Priorities.read(map("{priorities: \"10:\\n  - .*t2.large.*\\n50:\\n  - .*m4.*\\n\"}")))
        .hasToString("{10=[.*t2.large.*], 50=[.*m4.*]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | priority configuration in cluster-autoscaler-priority-expander configmap is empty",
        "{priorities: ''} | is empty",
        "{priorities: 'high: [a]'} | high",
        "{priorities: '10: a'} | priority 10 has no list of patterns",
        "{priorities: '10: [\"(\"]'} | Unclosed group",
        "{priorities: '10: [a'} | while parsing a flow sequence",
      })
  void whatIsInNoFormIsRefused(String data, String message) {
    assertThatThrownBy(() -> Priorities.read(map(data)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}

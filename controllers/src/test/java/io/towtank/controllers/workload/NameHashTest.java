package io.towtank.controllers.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NameHashTest {
  /** The first of each pair has its keys in order: as a node prints itself is what is hashed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                          | {}
          {"a":1,"b":[1,2.5,1e-9,null,true],"c":{}}                   | {"c":{},"b":[1,2.5,1e-9,null,true],"a":1}
          {"list":[],"text":"a \\"b\\" \\u0001 \\u00e9 \\\\ /","to":{"x":[{"a":1,"b":2}]}} | {"to":{"x":[{"b":2,"a":1}]},"text":"a \\"b\\" \\u0001 \\u00e9 \\\\ /","list":[]}
          """)
  void hashesJsonWithSortedKeys(String sorted, String other) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode inOrder = mapper.readTree(sorted);
    String printed = inOrder.toString();
    int hash = 0x811c9dc5;
    for (byte b : printed.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x01000193;
    }
    StringBuilder expected = new StringBuilder();
    for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
      expected.append("bcdfghjklmnpqrstvwxz2456789".charAt(digit % 27));
    }
    assertThat(NameHash.of(inOrder, null)).isEqualTo(expected.toString());
    assertThat(NameHash.of(mapper.readTree(other), null)).isEqualTo(expected.toString());
    assertThat(NameHash.of(inOrder, 1)).isNotEqualTo(expected.toString());
  }
}

package io.towtank.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import io.towtank.codec.Documents;
import io.towtank.validation.FieldPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlReaderTest {
  private static YamlDocument only(String text) {
    ImmutableList<YamlDocument> documents = YamlReader.read("a.yaml", text);
    assertThat(documents).hasSize(1);
    return documents.getFirst();
  }

  private static String problemsOf(String text) {
    return String.valueOf(
        catchThrowableOfType(ManifestException.class, () -> YamlReader.read("a.yaml", text))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: yes                                  | {"a":true}
          a: 'yes'                                | {"a":"yes"}
          a: !!str yes                            | {"a":"yes"}
          a: ! 12                                 | {"a":"12"}
          a: !!int "12"                           | {"a":12}
          a: [1, two, "3", ~]                     | {"a":[1,"two","3",null]}
          {a: {b: c}}                             | {"a":{"b":"c"}}
          yes: 1                                  | {"true":1}
          8080: x                                 | {"8080":"x"}
          a: 2026-01-31                           | {"a":"2026-01-31"}
          {"a": "\\u00e9\\t", "b": [1.5, 2]}      | {"a":"\\u00e9\\t","b":[1.5,2]}
          """)
  void meansWhatKubernetesMeans(String yaml, String json) {
    assertThat(only(yaml).content()).isEqualTo(Documents.json(json));
  }

  @Test
  void readsManyDocumentsAndSkipsEmptyOnes() {
    String text =
        """
        # nothing yet
        ---
        a: 1
        ---
        ---
        # only a comment
        ---
        b: |
          two
          lines
        ...
        """;
    assertThat(YamlReader.read("a.yaml", text))
        .extracting(document -> document.content().toString())
        .containsExactly("{\"a\":1}", "{\"b\":\"two\\nlines\\n\"}");
  }

  @Test
  void readsJsonWithTabsAndManyDocuments() {
    assertThat(YamlReader.read("a.json", "{\n\t\"a\": 1,\n\t\"b\": [true, null]\n}\n{\"c\": 2}"))
        .extracting(document -> document.content().toString())
        .containsExactly("{\"a\":1,\"b\":[true,null]}", "{\"c\":2}");
  }

  @Test
  void followsAnchorsAndMerges() {
    YamlDocument document =
        only(
            """
            base: &base {x: 1, v: {z: 2}}
            other: &other {x: 9, w: 3}
            one:
              <<: *base
              x: 5
            two:
              <<: [*base, *other]
            three: *base
            """);
    assertThat(document.content().get("one"))
        .isEqualTo(Documents.json("{\"x\":5,\"v\":{\"z\":2}}"));
    assertThat(document.content().get("two"))
        .isEqualTo(Documents.json("{\"x\":1,\"v\":{\"z\":2},\"w\":3}"));
    assertThat(document.content().get("three")).isNotSameAs(document.content().get("base"));
    // What an alias stands for is where the anchor is.
    assertThat(document.valuePosition(FieldPath.ROOT.fields("three", "v", "z")))
        .isEqualTo(new Position(1, 27));
  }

  @Test
  void knowsWhereThingsStand() {
    YamlDocument document =
        only(
            """
            spec:
              containers:
              - name: a
                image: "x"
              - {name: b,
                 on: true}
            """);
    FieldPath containers = FieldPath.ROOT.fields("spec", "containers");
    assertThat(document.position(containers)).isEqualTo(new Position(2, 3));
    assertThat(document.valuePosition(containers.item(0).field("image")))
        .isEqualTo(new Position(4, 12));
    assertThat(document.position(containers.item(1))).isEqualTo(new Position(5, 5));
    assertThat(document.position(containers.item(1).field("true"))).isEqualTo(new Position(6, 6));
    assertThat(document.position(containers.item(1).field("absent").field("deeper")))
        .as("the nearest that is there")
        .isEqualTo(new Position(5, 5));
    YamlDocument json = only("{\n  \"spec\": {\"replicas\": \"3\"}\n}");
    assertThat(json.position(FieldPath.ROOT.fields("spec", "replicas")))
        .isEqualTo(new Position(2, 12));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: 1\\nb: 2\\na: 3      | a.yaml:3:1: "a" is here twice, first on line 1; remove one of the two
          {"a": 1,\\n "a": 2}     | a.yaml:2:2: "a" is here twice, first on line 1; remove one of the two
          a: *b                   | a.yaml:1:4: *b refers to nothing: no &b ends above
          a: &b [*b]              | a.yaml:1:8: *b refers to nothing: no &b ends above
          a: .inf                 | a.yaml:1:4: .inf is no number that a manifest can have; put it in quotes if it is a text
          a: !!binary aGk=        | a.yaml:1:4: the tag tag:yaml.org,2002:binary has no meaning in manifests
          <<: 3                   | a.yaml:1:5: << takes an object or a list of objects
          [a]: 3                  | a.yaml:1:1: a field's name is a text; put it in quotes
          a:\\n\\tb: 1            | a.yaml:2:1: while scanning for the next token: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)
          a: [1                   | a.yaml:1:6: while parsing a flow sequence: expected ',' or ']', but got <stream end>
          a: b: c                 | a.yaml:1:5: mapping values are not allowed here
          {"a": 1,}               | a.yaml:1:9: not readable as JSON: Unexpected character ('}' (code 125)): was expecting double-quote to start field name
          """)
  void saysWhereATextIsWrong(String text, String message) {
    assertThat(problemsOf(text.replace("\\n", "\n").replace("\\t", "\t")).replace("\t", "\\t"))
        .isEqualTo(message);
  }

  @Test
  void findsAllProblemsAndShowsTheFirst() {
    StringBuilder text = new StringBuilder("a: 1\n");
    text.repeat("a: 2\n", 14);
    ManifestException exception =
        catchThrowableOfType(
            ManifestException.class, () -> YamlReader.read("a.yaml", text.toString()));
    assertThat(exception.problems()).hasSize(14);
    assertThat(String.valueOf(exception.getMessage()).lines())
        .hasSize(11)
        .last()
        .isEqualTo("and 4 more");
  }

  @Test
  void refusesAWordThatNoApiServerTakes() {
    String text = "kind: ConfigMap\ndata: {x: \"" + "y".repeat(4 << 20) + "\"}\n";
    assertThat(problemsOf(text)).contains(":2:11: a word of more than 3145728 characters");
  }

  @Test
  void refusesFilesThatExplode() {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      text.append("a%d: &a%d [".formatted(i, i));
      text.append("*a%d, ".formatted(i - 1).repeat(9)).append("*a%d]\n".formatted(i - 1));
    }
    assertThat(problemsOf(text.toString())).contains("aliases make it larger");
    assertThat(problemsOf("[".repeat(100_000))).contains("levels deep");
  }
}

package io.towtank.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CursorTest {
  private final Problems problems = new Problems();

  private Cursor root(String text) {
    return Cursor.of(YamlReader.read("s.yaml", text).getFirst(), problems);
  }

  private List<String> messages() {
    return problems.list().stream().map(Problem::toString).toList();
  }

  @Test
  void readsWhatIsThere() {
    Cursor root =
        root(
            """
            name: x
            count: 3
            rate: 1.5
            on: true
            mode: fast
            items: [a, b]
            labels: {p: q, r: s}
            nothing: null
            """);
    assertThat(root.required("name").text("")).isEqualTo("x");
    assertThat(root.field("count").whole(0)).isEqualTo(3);
    assertThat(root.field("count").number(0)).isEqualTo(3);
    assertThat(root.field("rate").number(0)).isEqualTo(1.5);
    assertThat(root.field("true").flag(false)).isTrue();
    assertThat(root.field("mode").word(List.of("fast", "slow"), "slow")).isEqualTo("fast");
    assertThat(root.field("items").items())
        .extracting(item -> item.text(""))
        .containsExactly("a", "b");
    assertThat(root.field("labels").entries()).hasSize(2);
    for (Map.Entry<String, Cursor> label : root.field("labels").entries().entrySet()) {
      assertThat(label.getValue().text("")).isEqualTo(label.getKey().equals("p") ? "q" : "s");
    }
    assertThat(root.field("nothing").isPresent()).isFalse();
    root.rejectUnknownFields();
    assertThat(messages()).isEmpty();
  }

  @Test
  void whatIsAbsentHasItsFallback() {
    Cursor absent = root("a: 1").field("b");
    assertThat(absent.text("x")).isEqualTo("x");
    assertThat(absent.whole(7)).isEqualTo(7);
    assertThat(absent.flag(true)).isTrue();
    assertThat(absent.items()).isEmpty();
    assertThat(absent.entries()).isEmpty();
    assertThat(absent.field("c").required("d").number(2.5)).isEqualTo(2.5);
    absent.rejectUnknownFields();
    assertThat(messages()).isEmpty();
  }

  @Test
  void tellsEveryProblemWithItsPlace() {
    Cursor root =
        root(
            """
            version: 1.10
            seed: yes
            cluster:
              pools:
              - nam: a
                count: three
              - name: on
            mode: fsat
            list: {}
            """);
    assertThat(root.field("version").text("fallback")).isEqualTo("fallback");
    assertThat(root.field("seed").whole(1)).isEqualTo(1);
    root.field("mode").word(ImmutableList.of("fast", "slow"), "slow");
    assertThat(root.field("list").items()).isEmpty();
    root.required("end");
    for (Cursor pool : root.field("cluster").field("pools").items()) {
      pool.required("name").text("");
      pool.field("count").whole(1);
      pool.rejectUnknownFields();
    }
    root.rejectUnknownFields();
    assertThat(messages())
        .containsExactly(
            "s.yaml:1:1: \"end\" is missing",
            "s.yaml:1:10: version: expected a text, found the number 1.1 (1.10); put it in quotes:"
                + " \"1.10\"",
            "s.yaml:2:7: seed: expected a whole number, found true (yes)",
            "s.yaml:5:5: cluster.pools[0]: \"name\" is missing",
            "s.yaml:5:5: cluster.pools[0].nam: unknown field \"nam\"; did you mean \"name\"?",
            "s.yaml:6:12: cluster.pools[0].count: expected a whole number, found the text"
                + " \"three\"",
            "s.yaml:7:11: cluster.pools[1].name: expected a text, found true (on); put it in"
                + " quotes: \"on\"",
            "s.yaml:8:7: mode: \"fsat\" is not known here; did you mean \"fast\"?",
            "s.yaml:9:7: list: expected a list, found an object");
  }

  @Test
  void fieldsOfWhatIsNoObjectAreAbsent() {
    Cursor root = root("cluster: [1]");
    Cursor cluster = root.field("cluster");
    assertThat(cluster.field("nodes").isPresent()).isFalse();
    assertThat(cluster.field("pools").isPresent()).isFalse();
    cluster.rejectUnknownFields();
    assertThat(messages())
        .containsExactly("s.yaml:1:10: cluster: expected an object, found a list");
  }
}

package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SelectorTest {
  private static final String QUALIFIED_NAME_HINT =
      " must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
          + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

  private static Map<String, String> labels(String text) {
    return Splitter.on(';').omitEmptyStrings().withKeyValueSeparator('=').split(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // selector | canonical | labels | matches
        "''|''|app=web|true",
        "app=web|app=web|app=web|true",
        "app==web|app==web|app=web|true",
        "app=web|app=web|app=db|false",
        "app=web|app=web|''|false",
        "app=|app=|app=|true",
        "app=|app=|''|false",
        "app!=web|app!=web|''|true",
        "app!=web|app!=web|app=web|false",
        "app|app|app=|true",
        "!app|!app|''|true",
        " ! app |!app|app=x|false",
        "app in (web,db)|app in (db,web)|app=db|true",
        "app in (web, web)|app in (web)|app=web|true",
        "app in ()|app in ()|app=|true",
        "app in (,a)|app in (,a)|app=|true",
        "app in (a,)|app in (,a)|app=|true",
        "app in (a,,b)|app in (,a,b)|app=|true",
        "app notin (web)|app notin (web)|''|true",
        "app notin (web)|app notin (web)|app=web|false",
        "app notin (web)|app notin (web)|app=db|true",
        "in in (in,notin)|in in (in,notin)|in=notin|true",
        "notin=in|notin=in|notin=in|true",
        "n>5|n>5|n=6|true",
        "n>5|n>5|n=5|false",
        "n>5|n>5|n=six|false",
        "n>5|n>5|''|false",
        "n<-5|n<-5|n=-6|false",
        "n < 10|n<10|n=+9|true",
        "b=1,a=2|a=2,b=1|a=2;b=1|true",
        "b=1,a=2|a=2,b=1|b=1|false",
        "example.com/rank=1|example.com/rank=1|example.com/rank=1|true",
        "x=a,x=b|x=a,x=b|x=a|false",
      })
  void readsAndMatches(String text, String canonical, String labels, boolean matches) {
    // A negative bound is no label value, so it cannot be asked for.
    if (text.contains("<-")) {
      assertThatThrownBy(() -> Selector.parse(text)).hasMessageContaining("a valid label must be");
      return;
    }
    Selector selector = Selector.parse(text);
    assertThat(selector).hasToString(canonical);
    assertThat(selector.matches(labels(labels))).isEqualTo(matches);
    assertThat(Selector.parse(canonical)).isEqualTo(selector).hasSameHashCodeAs(selector);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "=x|found '=', expected: !, identifier, or 'end of string'",
        ",|found ',', expected: !, identifier, or 'end of string'",
        "a,|found '', expected: identifier after ','",
        "a,,b|found ',', expected: identifier after ','",
        "a b|unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        "!a=b|found '=', expected: ',' or 'end of string'",
        "a=b c|found 'c', expected: ',' or 'end of string'",
        "!|unable to parse requirement: found '', expected: identifier",
        "!!a|unable to parse requirement: found '!', expected: identifier",
        "a=(|unable to parse requirement: found '(', expected: identifier",
        "a in|unable to parse requirement: found '' expected: '('",
        "a in b|unable to parse requirement: found 'b' expected: '('",
        "a in (|unable to parse requirement: found '', expected: ',', ')' or identifier",
        "a in (b|unable to parse requirement: found '', expected: ',' or ')'",
        "a in (b,|unable to parse requirement: found '', expected: ',', or identifier",
        "a in (b c)|unable to parse requirement: found 'c', expected: ',' or ')'",
        "a in (!)|unable to parse requirement: found '!', expected: ',', ')' or identifier",
        "a>x|unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt'"
            + " operators, the value must be an integer",
        "a>|unable to parse requirement: values[0]: Invalid value: \"\": for 'Gt', 'Lt'"
            + " operators, the value must be an integer",
        "-x|unable to parse requirement: <nil>: Invalid value: \"-x\": name part"
            + QUALIFIED_NAME_HINT,
        "a/b/c|unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a qualified name"
            + QUALIFIED_NAME_HINT
            + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
        "/b|unable to parse requirement: <nil>: Invalid value: \"/b\": prefix part must be"
            + " non-empty",
        "a/|unable to parse requirement: <nil>: Invalid value: \"a/\": name part must be"
            + " non-empty; name part"
            + QUALIFIED_NAME_HINT,
      })
  void refuses(String text, String message) {
    assertThatThrownBy(() -> Selector.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void refusesAValueWithItsPlace() {
    assertThatThrownBy(() -> Selector.parse("tier in (a,-z)"))
        .hasMessageStartingWith(
            "unable to parse requirement: values[0][tier]: Invalid value: \"-z\": a valid label"
                + " must be an empty string or consist of");
    assertThatThrownBy(() -> Selector.parse("tier=" + "x".repeat(64)))
        .hasMessageEndingWith("must be no more than 63 characters");
    assertThatThrownBy(() -> Selector.parse("a in (-x,-y)"))
        .hasMessageContaining("[values[0][a]: Invalid value")
        .hasMessageContaining(", values[1][a]: Invalid value");
  }

  private static LabelSelectorRequirement expression(
      String key, String operator, String... values) {
    return new LabelSelectorRequirement(key, operator, ImmutableList.copyOf(values), Fields.NONE);
  }

  @Test
  void isMadeOfALabelSelector() {
    assertThat(Selector.of(null)).isSameAs(Selector.nothing());
    assertThat(Selector.nothing().matches(ImmutableMap.of())).isFalse();
    assertThat(Selector.of(LabelSelectorBuilder.builder().build())).isSameAs(Selector.everything());
    assertThat(Selector.everything().isEverything()).isTrue();
    assertThat(Selector.everything().matches(ImmutableMap.of())).isTrue();
    assertThat(Selector.nothing()).isNotEqualTo(Selector.everything()).hasToString("");
    Selector selector =
        Selector.of(
            LabelSelectorBuilder.builder()
                .matchLabels(ImmutableMap.of("tier", "a", "app", "web"))
                .matchExpressions(
                    ImmutableList.of(
                        expression("zone", "In", "z2", "z1"),
                        expression("gone", "DoesNotExist"),
                        expression("one", "In", "1"),
                        expression("role", "NotIn", "x"),
                        expression("here", "Exists")))
                .build());
    assertThat(selector)
        .hasToString("app=web,!gone,here,one in (1),role notin (x),tier=a,zone in (z1,z2)");
    assertThat(selector.requiredLabels())
        .isEqualTo(ImmutableMap.of("app", "web", "one", "1", "tier", "a"));
    assertThat(selector.requirements()).hasSize(7);
  }

  @Test
  void isMadeOfPlainLabels() {
    assertThat(Selector.ofLabels(ImmutableMap.of("b", "2", "a", "1"))).hasToString("a=1,b=2");
    assertThat(Selector.ofLabels(ImmutableMap.of())).isSameAs(Selector.everything());
  }

  @Test
  void refusesALabelSelectorThatIsNone() {
    assertThatThrownBy(() -> of(expression("a", "Gt", "1")))
        .hasMessageStartingWith("\"Gt\" is not a valid label selector operator");
    assertThatThrownBy(() -> of(expression("a", "In")))
        .hasMessage(
            "values: Invalid value: \"\": for 'in', 'notin' operators, values set can't be empty");
    assertThatThrownBy(() -> of(expression("a", "Exists", "x")))
        .hasMessage(
            "values: Invalid value: \"x\": values set must be empty for exists and does not"
                + " exist");
  }

  private static Selector of(LabelSelectorRequirement requirement) {
    return Selector.of(
        LabelSelectorBuilder.builder().matchExpressions(ImmutableList.of(requirement)).build());
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 200);
  }

  /** Selectors of every operator, with blanks anywhere, against conditions evaluated one by one. */
  @ParameterizedTest
  @MethodSource("seeds")
  void matchesAsEachConditionDoes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] keys = {"a", "b", "example.com/c", "in", "notin"};
    String[] values = {"", "1", "2", "10", "x", "in"};
    StringBuilder text = new StringBuilder();
    Map<String, String> labels = new TreeMap<>();
    for (String key : keys) {
      if (random.nextBoolean()) {
        labels.put(key, pick(random, values));
      }
    }
    boolean expected = true;
    for (int n = random.nextInt(5); n > 0; n--) {
      String key = pick(random, keys);
      String value = pick(random, values);
      String other = pick(random, values);
      String actual = labels.get(key);
      String blank = random.nextBoolean() ? " " : "";
      text.append(text.isEmpty() ? "" : "," + blank);
      switch (random.nextInt(7)) {
        case 0 -> {
          text.append(key).append(blank).append("=").append(blank).append(value);
          expected &= value.equals(actual);
        }
        case 1 -> {
          text.append(key).append(blank).append("!=").append(value);
          expected &= !value.equals(actual);
        }
        case 2 -> {
          text.append(key).append(" in (").append(value).append(",").append(other).append(")");
          expected &= value.equals(actual) || other.equals(actual);
        }
        case 3 -> {
          text.append(key).append(" notin (").append(value).append(blank).append(")");
          expected &= !value.equals(actual);
        }
        case 4 -> {
          text.append(key);
          expected &= actual != null;
        }
        case 5 -> {
          text.append("!").append(blank).append(key);
          expected &= actual == null;
        }
        default -> {
          text.append(key).append(blank).append(">").append(blank).append("1");
          expected &= "2".equals(actual) || "10".equals(actual);
        }
      }
    }
    String replay = text + " of " + labels + ", replay with -Dtowtank.test.seed=" + seed;
    Selector selector = Selector.parse(text.toString());
    assertThat(selector.matches(ImmutableMap.copyOf(labels))).as(replay).isEqualTo(expected);
    assertThat(Selector.parse(selector.toString())).as(replay).isEqualTo(selector);
    assertThat(Selector.parse(selector.toString())).as(replay).hasToString(selector.toString());
    if (expected) {
      assertThat(labels).as(replay).containsAllEntriesOf(selector.requiredLabels());
    }
  }

  private static String pick(SplittableRandom random, String[] choices) {
    return List.of(choices).get(random.nextInt(choices.length));
  }
}

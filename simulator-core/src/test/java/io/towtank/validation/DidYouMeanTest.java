package io.towtank.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DidYouMeanTest {
  private static final Collection<String> FIELDS =
      ImmutableList.of("replicas", "selector", "template", "strategy", "paused");

  @ParameterizedTest
  @CsvSource({
    "replica, replicas",
    "Replicas, replicas",
    "relpicas, replicas",
    "repilcass, replicas",
    "templete, template",
    "pause, paused",
    "strat, strategy",
    "x, ",
    "containers, "
  })
  void findsTheClosestWord(String word, String expected) {
    assertThat(DidYouMean.closest(word, FIELDS)).isEqualTo(expected);
  }

  @Test
  void listsWhatIsKnownWhereNothingIsClose() {
    assertThat(DidYouMean.advice("replica", FIELDS)).isEqualTo("did you mean \"replicas\"?");
    assertThat(DidYouMean.advice("zone", FIELDS))
        .isEqualTo("known: replicas, selector, template, strategy, paused");
    assertThat(DidYouMean.advice("zone", ImmutableList.of())).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "abc, abc, 0",
    "abc, '', 3",
    "abc, acb, 1",
    "abc, abd, 1",
    "kitten, sitting, 3"
  })
  void countsEdits(String from, String to, int edits) {
    assertThat(DidYouMean.edits(from, to)).isEqualTo(edits);
    assertThat(DidYouMean.edits(to, from)).isEqualTo(edits);
  }
}

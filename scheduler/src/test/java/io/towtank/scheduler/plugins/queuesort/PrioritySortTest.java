package io.towtank.scheduler.plugins.queuesort;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrioritySortTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                   | priority, queued of one | of the other | who is first
          the more important                       | 5 | 20                 | 4 | 10       | -1
          even from below zero to above            | -2000000000 | 1        | 2000000000 | 9 | 1
          of equally important who came first      | 5 | 10                 | 5 | 20       | -1
          the other came first                     | 5 | 20                 | 5 | 10       | 1
          neither                                  | 5 | 10                 | 5 | 10       | 0
          """)
  void orders(String why, int priorityA, long queuedA, int priorityB, long queuedB, int expected) {
    PrioritySort sort = new PrioritySort();
    assertThat(Integer.signum(sort.compare(priorityA, queuedA, priorityB, queuedB)))
        .as(why)
        .isEqualTo(expected);
    assertThat(Integer.signum(sort.compare(priorityB, queuedB, priorityA, queuedA)))
        .as("the other way round: " + why)
        .isEqualTo(-expected);
  }
}

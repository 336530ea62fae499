package io.towtank.controllers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.controllers.Seeds;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sets of indexes in intervals. */
class IndexesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''          | 10 | ''",
        "0           | 10 | 0",
        "0,1         | 10 | 0,1",
        "0-2         | 10 | 0-2",
        "0,1,2       | 10 | 0-2",
        "1,3-5,7     | 10 | 1,3-5,7",
        "1,3-9       |  6 | 1,3-5",
        "1,6-9       |  6 | 1",
        "1,nine,3    | 10 | 1,3",
      })
  void readsAndWrites(String text, int completions, String written) {
    assertThat(Indexes.parse(text, completions)).hasToString(written);
  }

  @Test
  void isASetOfNumbers() {
    Seeds.forEach(
        200,
        random -> {
          Set<Integer> a = some(random);
          Set<Integer> b = some(random);
          TreeSet<Integer> union = new TreeSet<>(a);
          union.addAll(b);
          Indexes indexes = of(a).plus(of(b));
          assertThat(indexes).isEqualTo(of(union));
          assertThat(Indexes.parse(indexes.toString(), 100)).isEqualTo(indexes);
          assertThat(indexes.count()).isEqualTo(union.size());
          TreeSet<Integer> common = new TreeSet<>(a);
          common.retainAll(b);
          assertThat(of(a).countIn(of(b))).isEqualTo(common.size());
          TreeSet<Integer> missing = new TreeSet<>();
          int completions = random.nextInt(60);
          int most = random.nextInt(20);
          for (int i = 0; i < completions; i++) {
            assertThat(indexes.contains(i)).isEqualTo(union.contains(i));
            if (!union.contains(i) && missing.size() < most) {
              missing.add(i);
            }
          }
          assertThat(indexes.missing(most, completions))
              .containsExactly(missing.stream().mapToInt(Integer::intValue).toArray());
        });
  }

  private static Set<Integer> some(Random random) {
    TreeSet<Integer> some = new TreeSet<>();
    for (int i = random.nextInt(30); i > 0; i--) {
      some.add(random.nextInt(50));
    }
    return some;
  }

  private static Indexes of(Set<Integer> numbers) {
    return Indexes.of(numbers.stream().mapToInt(Integer::intValue).toArray());
  }
}

package io.towtank.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowSetTest {
  private static final int CHANGES = 4_000;

  /**
   * Against a sorted set, as it grows and shrinks: few rows of many are listed, most rows are bits.
   */
  @ParameterizedTest
  @CsvSource({"40, 1", "200, 2", "1000, 3", "30000, 4", "1000000, 5"})
  void isTheSetOfWhatWasAdded(int rows, long seed) {
    Random random = new Random(Long.getLong("towtank.test.seed", seed));
    RowSet set = new RowSet();
    TreeSet<Integer> model = new TreeSet<>();
    for (int i = 0; i < CHANGES; i++) {
      // Mostly growing, then mostly shrinking, in waves.
      boolean grows = random.nextInt(10) < (i / 1000 % 2 == 0 ? 8 : 1);
      int row = random.nextInt(rows);
      if (grows) {
        if (model.add(row)) {
          set.add(row);
        }
      } else {
        Integer there = model.ceiling(row);
        if (there != null && model.size() > 1) {
          model.remove(there);
          set.remove(there);
        }
      }
      if (!model.isEmpty()) {
        assertThat(set.first()).isEqualTo(model.first());
        Integer next = model.ceiling(row);
        assertThat(set.next(row)).isEqualTo(next == null ? RowSet.NONE : next);
      }
    }
    assertThat(rows(set)).containsExactlyElementsOf(model);
  }

  private static List<Integer> rows(RowSet set) {
    List<Integer> rows = new ArrayList<>();
    for (int row = set.next(0); row != RowSet.NONE; row = set.next(row + 1)) {
      rows.add(row);
    }
    return rows;
  }
}

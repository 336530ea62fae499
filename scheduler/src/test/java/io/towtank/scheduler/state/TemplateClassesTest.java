package io.towtank.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.Fixtures;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TemplateClassesTest {
  private static final int NODES = 300;

  private final ClusterState state = new ClusterState();

  /** A rule about which no row differs from its blank, as spreading over zones is. */
  private static final class CountingColumn implements NodeClasses.Column {
    private final CohortColumn blank;
    private int asked;

    CountingColumn(ClusterState state) {
      blank =
          new CohortColumn(
              state,
              new CohortColumn.Rows() {
                @Override
                public int clear() {
                  return 1;
                }

                @Override
                public void take(int row) {}

                @Override
                public void features(int row, int slot, long[] features) {
                  features[0] = 0;
                }
              });
      blank.catchUp(false);
    }

    @Override
    public long at(int row) {
      return 2L * blank.cohort(row);
    }

    @Override
    public long epoch() {
      return 0;
    }

    @Override
    public @Nullable CohortColumn blank() {
      return blank;
    }

    @Override
    public void differing(IntConsumer consumer) {
      asked++;
    }

    @Override
    public int differingAmong() {
      return NODES;
    }
  }

  private void setNode(int number, String cpu) {
    state.setNode(Fixtures.node("n" + number, cpu, "8Gi", "z"));
  }

  @Test
  void rowsThatDidNotChangeAreNotLookedThrough() {
    for (int i = 0; i < NODES; i++) {
      setNode(i, "4");
    }
    CountingColumn column = new CountingColumn(state);
    TemplateClasses classes = TemplateClasses.of(state, ImmutableList.of(column));
    classes.catchUp();
    assertThat(column.asked).isEqualTo(1);
    int before = classes.classOf(7);
    setNode(7, "2");
    classes.catchUp();
    assertThat(classes.classOf(7)).isNotEqualTo(before);
    assertThat(column.asked).isEqualTo(1);
    for (int i = 0; i < NODES; i++) {
      setNode(i, "3");
    }
    classes.catchUp();
    assertThat(column.asked).isEqualTo(2);
  }
}

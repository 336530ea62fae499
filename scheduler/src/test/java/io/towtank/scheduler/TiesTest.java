package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Pod;
import io.towtank.scheduler.state.ClusterState;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of several best nodes is taken. */
class TiesTest {
  private static final int DRAWS_PER_TIE = 100;

  private final OfflineScheduler scheduler =
      new OfflineScheduler(SchedulerConfiguration.defaults().withTies(Ties.RANDOM));
  private final Pod pod = Fixtures.pod("p", Fixtures.spec("100m", "500Mi"));

  /** Small nodes come first, so that the best are not the lowest rows; small ones score less. */
  private NodeRanking ranking(int small, int large) {
    for (int i = 0; i < small; i++) {
      scheduler.add(Fixtures.node("small-" + i, "1", "1Gi", "z"));
    }
    for (int i = 0; i < large; i++) {
      scheduler.add(Fixtures.node("large-" + i, "32", "256Gi", "z"));
    }
    return anew();
  }

  private NodeRanking anew() {
    ClusterState state = scheduler.state();
    NodeRanking ranking =
        new NodeRanking(
            state,
            scheduler.profile(pod),
            state.info(pod),
            new RankingMemory(),
            new KindVerdicts.Known());
    ranking.catchUp();
    return ranking;
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "3, 2", "10, 60", "3, 64", "3, 65", "200, 300", "1000, 70"})
  void eachIsAsLikely(int small, int large) {
    NodeRanking ranking = ranking(small, large);
    RandomGenerator random = new Random(small * 31L + large);
    int[] taken = new int[small + large];
    for (int i = 0; i < large * DRAWS_PER_TIE; i++) {
      taken[ranking.best(random)]++;
    }
    for (int row = 0; row < taken.length; row++) {
      if (row < small) {
        assertThat(taken[row]).isZero();
      } else {
        // Six standard deviations.
        assertThat(taken[row]).isBetween(DRAWS_PER_TIE - 60, DRAWS_PER_TIE + 60);
      }
    }
    assertThat(ranking.ties()).hasSize(large);
    assertThat(ranking.best()).isEqualTo(small);
  }

  @Test
  void noneWhereNoneFits() {
    NodeRanking ranking = ranking(0, 0);
    assertThat(ranking.best(new Random(1))).isEqualTo(-1);
    assertThat(ranking.ties()).isEmpty();
  }

  /** A ranking that is moved on from pod to pod chooses as one that is made for each. */
  @Test
  void doesNotDependOnWhatIsRemembered() {
    NodeRanking living = ranking(100, 200);
    Random random = new Random(7);
    Random same = new Random(7);
    for (int i = 0; i < 400; i++) {
      living.catchUp();
      int row = living.best(random);
      assertThat(anew().best(same)).isEqualTo(row);
      Pod next = Fixtures.pod("p-" + i, pod.spec());
      scheduler.bind(next, scheduler.state().name(row));
    }
  }
}

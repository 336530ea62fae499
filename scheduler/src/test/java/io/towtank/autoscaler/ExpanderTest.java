package io.towtank.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Pod;
import io.towtank.latency.Distribution;
import io.towtank.scheduler.Fixtures;
import io.towtank.time.Simulation;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpanderTest {
  private static final Pod POD = Fixtures.pod("p", Fixtures.spec("1", "1Gi"));

  //                                                      price nodes pods idle CPU, memory
  private static final ImmutableList<ExpansionOption> OPTIONS =
      ImmutableList.of(
          option("cheap", 1, 8, 10, 0.5, 0.6),
          option("tight", 4, 3, 12, 0.1, 0.2),
          option("large", 9, 1, 9, 0.4, 0.1),
          option("spot-a", 8, 2, 20, 0.3, 0.9));

  private static ExpansionOption option(
      String name, double price, int nodes, int pods, double idleCpu, double idleMemory) {
    NodeGroup group = new NodeGroup(name, 0, 10, price, Distribution.ZERO, 10);
    return new ExpansionOption(
        group,
        nodes,
        ImmutableList.copyOf(Collections.nCopies(pods, POD)),
        idleCpu,
        idleMemory,
        1000L * pods);
  }

  private static String chosen(List<Expander> expanders) {
    ImmutableSortedMap<Integer, ImmutableList<Pattern>> priorities =
        ImmutableSortedMap.of(
            10, ImmutableList.of(Pattern.compile(".*")),
            50, ImmutableList.of(Pattern.compile("^none$"), Pattern.compile("spot")),
            90, ImmutableList.of(Pattern.compile("elsewhere")));
    return Expander.choose(OPTIONS, expanders, priorities, new Simulation(1, 0).random("test"))
        .group()
        .name();
  }

  @ParameterizedTest
  @CsvSource({
    "LEAST_WASTE, tight",
    "MOST_PODS, spot-a",
    "LEAST_NODES, large",
    // 8 nodes at 1 for 10 pods, 3 at 4 for 12, 1 at 9 for 9, 2 at 8 for 20: the first and the last
    // cost 0.8 a pod, so that chance decides; that is why the next expander is there.
    "PRIORITY, spot-a"
  })
  void likesOneBest(Expander expander, String best) {
    assertThat(chosen(List.of(expander))).isEqualTo(best);
  }

  @Test
  void leavesTiesToTheNext() {
    assertThat(chosen(List.of(Expander.PRICE, Expander.MOST_PODS))).isEqualTo("spot-a");
    assertThat(chosen(List.of(Expander.PRICE, Expander.LEAST_WASTE))).isEqualTo("cheap");
  }

  @Test
  void leavesAllWhereNoPatternMatches() {
    ImmutableSortedMap<Integer, ImmutableList<Pattern>> priorities =
        ImmutableSortedMap.of(50, ImmutableList.of(Pattern.compile("elsewhere")));
    assertThat(
            Expander.choose(
                    OPTIONS,
                    List.of(Expander.PRIORITY, Expander.LEAST_NODES),
                    priorities,
                    new Simulation(1, 0).random("test"))
                .group()
                .name())
        .isEqualTo("large");
  }

  @Test
  void takesAnyByChance() {
    var random = new Simulation(1, 0).random("test");
    Stream<String> names =
        Stream.generate(() ->
                Expander.choose(
                        OPTIONS,
                        List.of(Expander.RANDOM, Expander.LEAST_NODES),
                        ImmutableSortedMap.of(),
                        random)
                    .group()
                    .name())
            .limit(100);
    assertThat(names.distinct()).containsExactlyInAnyOrder("cheap", "tight", "large", "spot-a");
  }
}

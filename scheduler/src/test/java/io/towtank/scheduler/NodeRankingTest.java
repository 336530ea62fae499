package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.TopologySpreadConstraintBuilder;
import io.towtank.scheduler.explain.Decision;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What is remembered from pod to pod, where it is easily remembered for too long. */
class NodeRankingTest {
  private static final ImmutableMap<String, String> WEB = ImmutableMap.of("app", "web");

  private final OfflineScheduler scheduler =
      new OfflineScheduler(SchedulerConfiguration.defaults().withTies(Ties.FIRST));
  private final PodSpec spread =
      PodSpecBuilder.builder(Fixtures.spec("100m", "500Mi"))
          .topologySpreadConstraints(
              ImmutableList.of(
                  TopologySpreadConstraintBuilder.builder()
                      .maxSkew(1)
                      .topologyKey("topology.kubernetes.io/zone")
                      .whenUnsatisfiable("ScheduleAnyway")
                      .labelSelector(LabelSelectorBuilder.builder().matchLabels(WEB).build())
                      .build()))
          .build();

  private Pod bound(String name, String node) {
    Pod pod = PodBuilder.builder(Fixtures.pod(name, spread, WEB)).nodeName(node).build();
    scheduler.add(pod);
    return pod;
  }

  private long spreadScore(String node) {
    Decision decision = scheduler.decide(Fixtures.pod("next", spread, WEB));
    return Objects.requireNonNull(
            Objects.requireNonNull(decision.scores().get(node)).plugins().get("PodTopologySpread"))
        .raw();
  }

  /** Its zone has one pod less, though no node is of another kind or in another zone. */
  @Test
  void podThatIsBeingDeletedCountsNoMore() {
    scheduler.add(Fixtures.node("a", "32", "256Gi", "1"));
    scheduler.add(Fixtures.node("b", "32", "256Gi", "2"));
    Pod first = bound("first", "a");
    bound("second", "a");
    assertThat(spreadScore("a")).isEqualTo(3); // 2 ln 4
    scheduler.add(
        first.withMetadata(
            ObjectMetaBuilder.builder(first.metadata()).deletionTimestamp(0).build()));
    assertThat(spreadScore("a")).isEqualTo(1); // ln 4
  }

  /** Nodes whose pods have gone are again as if there had been none. */
  @Test
  void podsThatAreGoneLeaveNoTrace() {
    for (int i = 0; i < 50; i++) {
      scheduler.add(Fixtures.node("n" + i, "32", "256Gi", "z" + i % 3));
    }
    Pod probe = Fixtures.pod("probe", spread, WEB);
    Decision before = scheduler.decide(probe);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 40; i++) {
        scheduler.bind(Fixtures.pod("p" + i, spread, WEB), "n" + i);
      }
      // Of the three zones the first has a pod more.
      assertThat(scheduler.decide(probe).best()).hasSize(33).doesNotContain("n0", "n45", "n48");
      for (int i = 0; i < 40; i++) {
        scheduler.remove(Fixtures.pod("p" + i, spread, WEB));
      }
      assertThat(scheduler.decide(probe)).isEqualTo(before);
    }
  }

  /** Thousands of pods of a template that fits nowhere are told the same until anything changes. */
  @Test
  void refusalHoldsUntilAnythingChanges() {
    scheduler.add(Fixtures.node("a", "1", "1Gi", "1"));
    PodSpec large = Fixtures.spec("2", "500Mi");
    Pod one = Fixtures.pod("one", large);
    SchedulingCycle cycle =
        new SchedulingCycle(scheduler.state(), new PodNominator(), null, ImmutableList.of());
    Profile profile = scheduler.profile(one);

    SchedulingCycle.Result first = cycle.schedule(profile, one);
    assertThat(first).isInstanceOf(SchedulingCycle.Result.NoFit.class);
    assertThat(cycle.schedule(profile, Fixtures.pod("two", large))).isSameAs(first);

    // Another priority: it may have others leave, so it is asked about by itself.
    scheduler.bind(Fixtures.pod("small", Fixtures.spec("100m", "1Mi")), "a");
    SchedulingCycle.Result second = cycle.schedule(profile, one);
    assertThat(second).isNotSameAs(first).isEqualTo(first);
    PodSpec important = PodSpecBuilder.builder(large).priority(10).build();
    SchedulingCycle.Result ofImportant =
        cycle.schedule(profile, Fixtures.pod("important", important));
    assertThat(cycle.schedule(profile, Fixtures.pod("as-important", important)))
        .isNotSameAs(ofImportant)
        .isEqualTo(ofImportant);

    scheduler.add(Fixtures.node("b", "1", "1Gi", "1"));
    assertThat(cycle.schedule(profile, one))
        .asInstanceOf(InstanceOfAssertFactories.type(SchedulingCycle.Result.NoFit.class))
        .satisfies(third -> assertThat(third.message()).startsWith("0/2 nodes are available"));
    scheduler.add(Fixtures.node("c", "4", "1Gi", "1"));
    assertThat(cycle.schedule(profile, one)).isInstanceOf(SchedulingCycle.Result.Found.class);
  }
}

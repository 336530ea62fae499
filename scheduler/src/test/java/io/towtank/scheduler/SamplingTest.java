package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.Fields;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeSelectorBuilder;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.scheduler.config.PluginSet;
import io.towtank.scheduler.config.ProfileConfiguration;
import io.towtank.scheduler.explain.Decision;
import io.towtank.validation.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** kube-scheduler: numFeasibleNodesToFind, nextStartNodeIndex, nodeTree, selectHost. */
class SamplingTest {
  private static final PodSpec SPEC = Fixtures.spec("100m", "100Mi");

  private static OfflineScheduler scheduler(SchedulerConfiguration configuration, int nodes) {
    OfflineScheduler scheduler = new OfflineScheduler(configuration);
    for (int i = 0; i < nodes; i++) {
      scheduler.add(Fixtures.node("n" + i, "4", "8Gi", i < nodes / 2 ? "a" : "b"));
    }
    return scheduler;
  }

  private static SchedulerConfiguration sampling(int percentage) {
    return SchedulerConfiguration.defaults()
        .withTies(Ties.FIRST)
        .withPercentageOfNodesToScore(percentage);
  }

  private static String next(OfflineScheduler scheduler) {
    return String.valueOf(scheduler.decide(Fixtures.pod("p", SPEC)).bound());
  }

  @Test
  void eachPodStartsWhereTheLastOneStopped() {
    OfflineScheduler scheduler = scheduler(sampling(50), 300);
    // The order is n0, n150, n1, n151 …: zones in turn, 150 nodes a pod.
    assertThat(List.of(next(scheduler), next(scheduler), next(scheduler)))
        .containsExactly("n0", "n75", "n0");
    assertThat(scheduler.decide(Fixtures.pod("p", SPEC)).lookedAt()).isEqualTo(150);
  }

  @Test
  void aNodeThatComesToAnotherZoneTakesItsTurnThere() {
    OfflineScheduler scheduler = scheduler(sampling(50), 4);
    NodeOrder order = new NodeOrder(scheduler.state());
    assertThat(order.rows()).containsExactly(0, 2, 1, 3);
    scheduler.add(Fixtures.node("n2", "4", "8Gi", "a"));
    assertThat(order.rows()).containsExactly(0, 3, 1, 2);
  }

  @Test
  void nodesThatDoNotFitAreLookedAtButNotCounted() {
    OfflineScheduler scheduler = new OfflineScheduler(sampling(50));
    for (int i = 0; i < 300; i++) {
      scheduler.add(Fixtures.node("n" + i, i % 3 == 0 ? "4" : "0", "8Gi", "a"));
    }
    Decision decision = scheduler.decide(Fixtures.pod("p", SPEC));
    assertThat(decision.scores()).hasSize(100);
    assertThat(decision.lookedAt()).isEqualTo(300);
  }

  @Test
  void allAreScoredByDefault() {
    OfflineScheduler scheduler =
        scheduler(SchedulerConfiguration.defaults().withTies(Ties.FIRST), 300);
    assertThat(List.of(next(scheduler), next(scheduler))).containsExactly("n0", "n0");
    assertThat(scheduler.decide(Fixtures.pod("p", SPEC)).lookedAt()).isEqualTo(300);
  }

  @Test
  void oneIsEnoughWhereNothingIsScored() {
    ProfileConfiguration profile =
        new ProfileConfiguration(
            FieldPath.ROOT,
            "default-scheduler",
            null,
            ImmutableMap.of(
                "score", new PluginSet(ImmutableList.of(), ImmutableList.of(PluginSet.ALL))),
            ImmutableMap.of());
    OfflineScheduler scheduler =
        scheduler(
            SchedulerConfigurationBuilder.builder(sampling(0))
                .profiles(ImmutableList.of(profile))
                .build(),
            300);
    assertThat(List.of(next(scheduler), next(scheduler), next(scheduler)))
        .containsExactly("n0", "n150", "n1");
  }

  @Test
  void ofNamedNodesOnlyTheseAreLookedAt() {
    OfflineScheduler scheduler = scheduler(sampling(50), 300);
    Pod pod =
        Fixtures.pod(
            "p",
            PodSpecBuilder.builder(SPEC)
                .affinity(
                    AffinityBuilder.builder()
                        .nodeAffinity(
                            NodeAffinityBuilder.builder()
                                .requiredDuringSchedulingIgnoredDuringExecution(
                                    NodeSelectorBuilder.builder()
                                        .nodeSelectorTerms(
                                            ImmutableList.of(
                                                NodeSelectorTermBuilder.builder()
                                                    .matchFields(
                                                        ImmutableList.of(
                                                            new NodeSelectorRequirement(
                                                                "metadata.name",
                                                                "In",
                                                                ImmutableList.of("n7"),
                                                                Fields.NONE)))
                                                    .build()))
                                        .build())
                                .build())
                        .build())
                .build());
    Decision decision = scheduler.decide(pod);
    assertThat(decision.bound()).isEqualTo("n7");
    assertThat(decision.lookedAt()).isEqualTo(1);
    assertThat(next(scheduler)).isEqualTo("n150");
  }

  @Test
  void tiesAtRandomComeFromTheSeedAndReachAllNodes() {
    List<String> first = new ArrayList<>();
    Set<String> reached = new TreeSet<>();
    for (int run = 0; run < 2; run++) {
      OfflineScheduler scheduler =
          scheduler(SchedulerConfiguration.defaults().withPercentageOfNodesToScore(0), 100);
      List<String> chosen = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        chosen.add(next(scheduler));
      }
      reached.addAll(chosen);
      if (run == 0) {
        first = chosen;
      } else {
        assertThat(chosen).isEqualTo(first);
      }
    }
    assertThat(reached).hasSize(100);
  }
}

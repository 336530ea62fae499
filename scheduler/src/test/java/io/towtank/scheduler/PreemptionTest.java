package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodDisruptionBudgetBuilder;
import io.towtank.api.PodDisruptionBudgetSpecBuilder;
import io.towtank.api.PodDisruptionBudgetStatusBuilder;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.scheduler.explain.Decision;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which node is chosen where pods have to leave: one row a step of the choice. */
class PreemptionTest {
  private static final String SECOND = "000000000";

  /** Pods as NODE/NAME/PRIORITY/CPU/START, separated by blanks; the preemptor asks for 2 CPUs. */
  private static Decision decide(String pods, int priority) {
    OfflineScheduler scheduler =
        new OfflineScheduler(SchedulerConfiguration.defaults().withTies(Ties.FIRST));
    for (String name : new String[] {"a", "b"}) {
      scheduler.add(Fixtures.node(name, "2", "8Gi", "z"));
    }
    scheduler.add(
        PodDisruptionBudgetBuilder.builder()
            .metadata(Fixtures.meta("budget", ImmutableMap.of()))
            .spec(
                PodDisruptionBudgetSpecBuilder.builder()
                    .selector(
                        LabelSelectorBuilder.builder()
                            .matchLabels(ImmutableMap.of("app", "kept"))
                            .build())
                    .build())
            .status(PodDisruptionBudgetStatusBuilder.builder().disruptionsAllowed(0).build())
            .build());
    for (String pod : Splitter.on(' ').split(pods)) {
      List<String> f = Splitter.on('/').splitToList(pod);
      Pod waiting =
          Fixtures.pod(
              f.get(1),
              PodSpecBuilder.builder(Fixtures.spec(f.get(3), "1Mi"))
                  .priority(Integer.parseInt(f.get(2)))
                  .build(),
              ImmutableMap.of("app", f.get(1).startsWith("kept") ? "kept" : "free"));
      scheduler.add(
          PodBuilder.builder(waiting)
              .nodeName(f.get(0))
              .status(
                  PodStatusBuilder.builder(waiting.status())
                      .startTime(Long.parseLong(f.get(4) + SECOND))
                      .build())
              .build());
    }
    return scheduler.decide(
        Fixtures.pod(
            "urgent",
            PodSpecBuilder.builder(Fixtures.spec("2", "1Mi")).priority(priority).build()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "fewest budget violations, a/kept/0/2/1 b/x/5/2/1, b, x",
    "least important highest victim, a/x/5/2/1 b/y/4/2/1, b, y",
    "smallest sum of priorities, a/x/5/1/1 a/y/3/1/1 b/z/5/1/1 b/u/2/1/1, b, u z",
    "fewest victims, a/x/5/1/1 a/y/5/1/1 b/z/5/2/1, b, z",
    "latest start of the most important, a/x/5/2/1 b/y/5/2/9, b, y",
    "otherwise the first, a/x/5/2/1 b/y/5/2/1, a, x",
    "pods that may stay do stay, a/x/5/1500m/1 a/tiny/1/0/1 b/y/6/2/1, a, x"
  })
  void chooses(String why, String pods, String node, String victims) {
    Decision.Preemption preemption = Objects.requireNonNull(decide(pods, 10).preemption(), why);
    assertThat(preemption.node()).as(why).isEqualTo(node);
    assertThat(preemption.victims().stream().sorted().toList())
        .as(why)
        .isEqualTo(Splitter.on(' ').splitToStream(victims).map(v -> "default/" + v).toList());
  }

  @Test
  void equallyImportantPodsStay() {
    Decision decision = decide("a/x/10/2/1 b/y/10/2/1", 10);
    assertThat(decision.preemption()).isNull();
    assertThat(decision.message())
        .isEqualTo(
            "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption:"
                + " 0/2 nodes are available: 2 No preemption victims found for incoming pod.");
  }
}

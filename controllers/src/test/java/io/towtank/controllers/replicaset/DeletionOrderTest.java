package io.towtank.controllers.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of two pods goes first: a row a criterion, each against the criteria after it. */
class DeletionOrderTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 1_800_000_000L * SECOND;

  /**
   * A pod as a text of words: node=N, phase=P, ready=SECONDS ago, cost=C, restarts=R, sidecar=R,
   * age=SECONDS. Without a word: node n1, Running, not ready, created 1,000 s ago.
   */
  private static Pod pod(String name, String words) {
    ObjectMetaBuilder meta =
        ObjectMetaBuilder.builder()
            .name(name)
            .namespace("default")
            .uid(Uid.parse(name))
            .deletionTimestamp(Timestamps.NONE);
    PodStatusBuilder status = PodStatusBuilder.builder().phase(PodPhase.RUNNING);
    PodSpecBuilder spec = PodSpecBuilder.builder();
    String node = "n1";
    long age = 1_000;
    for (String word : Splitter.on(' ').omitEmptyStrings().split(words)) {
      String value = word.substring(word.indexOf('=') + 1);
      switch (word.substring(0, word.indexOf('='))) {
        case "node" -> node = value;
        case "phase" -> status.phase(PodPhase.valueOf(value.toUpperCase(Locale.ROOT)));
        case "age" -> age = Long.parseLong(value);
        case "cost" ->
            meta.annotations(ImmutableMap.of("controller.kubernetes.io/pod-deletion-cost", value));
        case "ready" ->
            status.conditions(
                ImmutableList.of(
                    PodConditionBuilder.builder()
                        .type("Ready")
                        .status(ConditionStatus.TRUE)
                        .lastTransitionTime(NOW - Long.parseLong(value) * SECOND)
                        .build()));
        case "restarts" ->
            status.containerStatuses(
                ImmutableList.of(
                    ContainerStatusBuilder.builder().name("a").restartCount(0).build(),
                    ContainerStatusBuilder.builder()
                        .name("b")
                        .restartCount(Integer.parseInt(value))
                        .build()));
        case "sidecar" -> {
          spec.initContainers(
              ImmutableList.of(
                  ContainerBuilder.builder().name("init").build(),
                  ContainerBuilder.builder().name("side").restartPolicy("Always").build()));
          status.initContainerStatuses(
              ImmutableList.of(
                  ContainerStatusBuilder.builder().name("init").restartCount(99).build(),
                  ContainerStatusBuilder.builder()
                      .name("side")
                      .restartCount(Integer.parseInt(value))
                      .build()));
        }
        default -> throw new IllegalArgumentException(word);
      }
    }
    return PodBuilder.builder()
        .metadata(meta.creationTimestamp(NOW - age * SECOND).build())
        .spec(spec.build())
        .nodeName(node.equals("none") ? null : node)
        .status(status.build())
        .build();
  }

  @ParameterizedTest(name = "{0}: {1} | {2}")
  @CsvSource({
    "unassigned, node=none phase=running ready=9000, node=n1 phase=pending",
    "pending, phase=pending ready=9000, phase=unknown",
    "unknown, phase=unknown ready=9000, phase=running",
    "not ready, cost=9, ready=5 cost=1",
    "lower cost, node=n1 ready=9000 cost=-1, node=n5 ready=5",
    "a cost that is no number counts as none, node=n1 ready=5 cost=+7, node=n1 ready=5 cost=1",
    "a cost with leading zeros counts as none, ready=5 cost=-1, ready=5 cost=007",
    "more related pods on the node, node=n5 ready=9000, node=n1 ready=5",
    "ready for less time, ready=10, ready=100 restarts=9",
    "more restarts, restarts=3 age=9000, restarts=1 age=10",
    "more restarts of the sidecar, restarts=1 sidecar=2 age=9000, restarts=1 sidecar=1 age=10",
    "restarts before those of the sidecar, restarts=2 sidecar=1, restarts=1 sidecar=9",
    "younger, age=10, age=5000"
  })
  void goesFirst(String why, String first, String second) {
    // The name that is worse in a tie goes to the one that is to win.
    Pod a = pod("z", first);
    Pod b = pod("a", second);
    Map<String, Integer> related = ImmutableMap.of("n5", 5, "n1", 1);
    for (List<Pod> pods : List.of(List.of(a, b), List.of(b, a))) {
      assertThat(
              DeletionOrder.first(
                  1, pods, node -> node == null ? 0 : related.getOrDefault(node, 0), NOW))
          .as(why)
          .containsExactly(a);
    }
  }

  @ParameterizedTest(name = "{0} and {1} s: the same power of two: {2}")
  @CsvSource({"100, 130, true", "100, 140, false", "1, 2, false", "4000, 4294, true"})
  void agesWithinAPowerOfTwoAreAlike(int one, int other, boolean alike) {
    // 2^37 ns = 137.4 s, 2^42 ns = 4398 s
    Pod young = pod("z", "age=" + one);
    Pod old = pod("a", "age=" + other);
    assertThat(DeletionOrder.first(1, List.of(young, old), node -> 0, NOW))
        .containsExactly(alike ? old : young);
  }

  @Test
  void choosesTheSameInWhateverOrderPodsCome() {
    Random random = new Random(7);
    List<Pod> pods = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      pods.add(
          pod(
              "p-%03d".formatted(i),
              "node=n%d cost=%d restarts=%d age=%d"
                  .formatted(
                      random.nextInt(4),
                      random.nextInt(3),
                      random.nextInt(3),
                      1 + random.nextInt(100_000))));
    }
    List<Pod> first = DeletionOrder.first(50, pods, node -> 0, NOW);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(pods, random);
      assertThat(DeletionOrder.first(50, pods, node -> 0, NOW)).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "5, 5",
    "-5, -5",
    "0, 0",
    "-0, 0",
    "+5, 0",
    "05, 0",
    "five, 0",
    "2147483648, 0",
    "'', 0"
  })
  void readsDeletionCosts(String text, int cost) {
    assertThat(DeletionOrder.deletionCost(text)).isEqualTo(cost);
  }
}

package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.Pod;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What samples lose is held against a model: a sample is a cluster that has no other nodes, and the
 * score of all nodes is what every plugin says of every node. The seed is printed; {@code
 * -Dtowtank.test.seed=N} replays it.
 */
class SamplingMeterTest {
  private static final int PODS = 60;

  private static SchedulerConfiguration comparing(int percentage) {
    return SchedulerConfigurationBuilder.builder(SchedulerConfiguration.defaults())
        .ties(Ties.FIRST)
        .percentageOfNodesToScore(percentage)
        .compareSampling(true)
        .build();
  }

  private static List<Node> nodes(Random random) {
    List<Node> nodes = new ArrayList<>();
    int count = 90 + random.nextInt(200);
    for (int i = 0; i < count; i++) {
      Node node =
          Fixtures.node(
              "n" + i, String.valueOf(1 + random.nextInt(16)), "16Gi", "z" + random.nextInt(3));
      ImmutableList.Builder<Taint> taints = ImmutableList.builder();
      for (int taint = random.nextInt(3); taint > 0; taint--) {
        taints.add(new Taint("t" + taint, "", "PreferNoSchedule", Timestamps.NONE, Fields.NONE));
      }
      nodes.add(
          NodeBuilder.builder(node)
              .spec(
                  NodeSpecBuilder.builder(node.spec())
                      .taints(taints.build())
                      .unschedulable(random.nextInt(8) == 0)
                      .build())
              .build());
    }
    return nodes;
  }

  /** The cluster, and where samples of it begin. */
  private static final class Model {
    private final OfflineScheduler scheduler;
    private final int percentage;
    private final List<Node> inTurn = new ArrayList<>();
    private final Map<String, List<Pod>> pods = new TreeMap<>();
    private int nextStart;
    private int looked;

    Model(OfflineScheduler scheduler, int percentage, List<Node> nodes) {
      this.scheduler = scheduler;
      this.percentage = percentage;
      Map<String, List<Node>> zones = new LinkedHashMap<>();
      for (Node node : nodes) {
        String zone = String.valueOf(node.metadata().labels().get("topology.kubernetes.io/zone"));
        zones.computeIfAbsent(zone, z -> new ArrayList<>()).add(node);
      }
      while (inTurn.size() < nodes.size()) {
        for (List<Node> zone : zones.values()) {
          if (!zone.isEmpty()) {
            inTurn.add(zone.removeFirst());
          }
        }
      }
    }

    /** The node that a sample's best is. */
    String ofSample(Pod pod, PlainEvaluation all) {
      int n = inTurn.size();
      int percent = percentage == 0 ? Math.max(5, 50 - n / 125) : percentage;
      int wanted = n < 100 ? n : Math.max(100, n * percent / 100);
      OfflineScheduler sample = new OfflineScheduler(comparing(100));
      looked = 0;
      for (int found = 0; looked < n && found < wanted; looked++) {
        Node node = inTurn.get((nextStart + looked) % n);
        if (all.scores.containsKey(node.name())) {
          found++;
          sample.add(node);
          pods.getOrDefault(node.name(), List.of())
              .forEach(other -> sample.bind(other, node.name()));
        }
      }
      nextStart = (nextStart + looked) % n;
      return String.valueOf(sample.decide(pod).bound());
    }

    PlainEvaluation all(Pod pod) {
      PodInfo info = scheduler.state().info(pod);
      return new PlainEvaluation(
          scheduler.state(), scheduler.profile(pod), info, ImmutableList.of());
    }

    void bind(Pod pod, String node) {
      pods.computeIfAbsent(node, n -> new ArrayList<>()).add(pod);
      scheduler.bind(pod, node);
    }
  }

  private static long total(PlainEvaluation all, String node) {
    return all.scores.getOrDefault(node, Map.of()).values().stream().mapToLong(v -> v).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 0, 30})
  void saysWhatAModelSays(int percentage) {
    Long given = Long.getLong("towtank.test.seed");
    for (long seed = given == null ? 1 : given; seed <= (given == null ? 6 : given); seed++) {
      Random random = new Random(seed);
      OfflineScheduler scheduler = new OfflineScheduler(comparing(percentage));
      List<Node> nodes = nodes(random);
      nodes.forEach(scheduler::add);
      SchedulingCycle cycle =
          new SchedulingCycle(scheduler.state(), new PodNominator(), null, ImmutableList.of());
      SamplingMeter meter = cycle.compareSampling(null);
      Model model = new Model(scheduler, percentage == 100 ? 0 : percentage, nodes);
      Map<Long, Long> losses = new TreeMap<>();
      long looked = 0;
      long bestScores = 0;
      for (int i = 0; i < PODS; i++) {
        Pod pod = Fixtures.pod("p" + i, Fixtures.spec(100 * (1 + random.nextInt(9)) + "m", "1Gi"));
        PlainEvaluation all = model.all(pod);
        String sampled = model.ofSample(pod, all);
        String chosen = scheduler.state().name(cycle.place(scheduler.profile(pod), pod));
        String best = String.valueOf(all.best);
        assertThat(chosen)
            .as("seed %s, pod %s", seed, i)
            .isEqualTo(percentage == 100 ? best : sampled);
        losses.merge(total(all, best) - total(all, sampled), 1L, Long::sum);
        looked += model.looked;
        bestScores += total(all, best);
        model.bind(pod, chosen);
      }
      assertThat(meter.comparisons())
          .as("seed %s", seed)
          .containsExactly(
              new SamplingComparison(
                  "default-scheduler",
                  percentage < 100,
                  looked,
                  (long) PODS * nodes.size(),
                  bestScores,
                  ImmutableSortedMap.copyOf(losses),
                  0));
      if (nodes.size() > 130) {
        assertThat(losses.keySet()).as("losses of seed %s", seed).anyMatch(loss -> loss > 0);
      }
    }
  }

  @Test
  void tellsMeansQuantilesAndSums() {
    SamplingComparison none =
        new SamplingComparison("s", true, 0, 0, 0, ImmutableSortedMap.of(), 3);
    assertThat(none.meanLoss()).isZero();
    assertThat(none.loss(0.99)).isZero();
    assertThat(none.elsewhere()).isZero();
    SamplingComparison some =
        new SamplingComparison(
            "s", true, 500, 10_000, 4000, ImmutableSortedMap.of(0L, 97L, 10L, 2L, 50L, 1L), 0);
    SamplingComparison both =
        none.plus(some)
            .plus(
                new SamplingComparison(
                    "s", true, 500, 10_000, 4000, ImmutableSortedMap.of(0L, 100L), 1));
    assertThat(some.decisions()).isEqualTo(100);
    assertThat(some.elsewhere()).isEqualTo(3);
    assertThat(some.meanLoss()).isEqualTo(0.7);
    assertThat(some.loss(0.97)).isZero();
    assertThat(some.loss(0.99)).isEqualTo(10);
    assertThat(some.loss(1)).isEqualTo(50);
    assertThat(both.decisions()).isEqualTo(200);
    assertThat(both.notCompared()).isEqualTo(4);
    assertThat(both.meanLookedAt()).isEqualTo(5);
    assertThat(both.meanNodes()).isEqualTo(100);
    assertThat(both.meanBestScore()).isEqualTo(40);
    assertThat(both.loss(1)).isEqualTo(50);
  }
}

package io.towtank.node;

import static io.towtank.node.TestCluster.SECOND;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerState;
import io.towtank.api.Fields;
import io.towtank.api.NodeCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.latency.LatencyProfile;
import io.towtank.node.EvictionThreshold.Amount;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Soft thresholds, minimum reclaim and transition periods, on a node of 1000 Mi. */
class EvictionTest {
  private static final long MEBI = 1 << 20;

  /** By pod: what its container uses, in bytes. */
  private final Map<String, Long> use = new HashMap<>();

  private static EvictionThreshold threshold(String value, long graceSeconds, String reclaim) {
    return new EvictionThreshold(
        EvictionSignal.MEMORY_AVAILABLE,
        Amount.parse(value),
        graceSeconds * SECOND,
        Amount.parse(reclaim));
  }

  private TestCluster cluster(
      long maxPodGrace, long transitionSeconds, EvictionThreshold... thresholds) {
    TestCluster cluster =
        new TestCluster(
            LatencyProfile.INSTANT,
            (pod, container, init, attempt, random) -> {
              long bytes = use.getOrDefault(pod.name(), 0L);
              return new ContainerRun(
                  0,
                  ContainerRun.FOREVER,
                  0,
                  0,
                  ContainerRun.FOREVER,
                  new ResourceUse(bytes, 0),
                  ResourceUse.NONE,
                  ResourceUse.NONE,
                  ResourceUse.NONE);
            },
            ImageSizes.DEFAULT,
            1,
            store -> {},
            new EvictionOptions(
                ImmutableList.copyOf(thresholds), maxPodGrace, transitionSeconds * SECOND),
            StaticPods.NONE,
            ImmutableList.of());
    ImmutableMap<String, Quantity> capacity =
        ImmutableMap.of(
            "cpu", Quantity.parse("8"),
            "memory", Quantity.parse("1000Mi"),
            "pods", Quantity.parse("110"));
    NodePool.of(1, NodePool.template(capacity, capacity))
        .create(NodeNetwork.forNodes(100), cluster.store::create);
    return cluster;
  }

  /** A pod that uses memory and whose hook takes some time. */
  private void run(TestCluster cluster, String name, long mebi, int hookSeconds) {
    use.put(name, mebi * MEBI);
    ObjectNode lifecycle = JsonNodeFactory.instance.objectNode();
    lifecycle.putObject("preStop").putObject("sleep").put("seconds", hookSeconds);
    PodSpec spec =
        spec(
            ContainerBuilder.builder()
                .name("app")
                .image("app")
                .rest(Fields.NONE.with("lifecycle", lifecycle))
                .build());
    cluster.run(
        name,
        "node-00000",
        PodSpecBuilder.builder(spec).terminationGracePeriodSeconds(60L).build());
  }

  private static boolean isPressed(TestCluster cluster) {
    for (NodeCondition condition : cluster.node("node-00000").status().conditions()) {
      if (condition.type().equals("MemoryPressure")) {
        return "KubeletHasInsufficientMemory".equals(condition.reason());
      }
    }
    return false;
  }

  private static boolean hasEnded(TestCluster cluster) {
    ContainerState state = cluster.pod("large").status().containerStatuses().getFirst().state();
    return state != null && state.terminated() != null;
  }

  private static boolean isEvicted(TestCluster cluster, String pod) {
    return cluster.pod(pod).status().phase() == PodPhase.FAILED
        && "Evicted".equals(cluster.pod(pod).status().reason());
  }

  /**
   * Of hard 100 Mi, and soft 200 Mi for 30 s with 50 Mi more to reclaim: looks 10 s apart, and what
   * each says: - for nothing, c for crossed, S and H for the one for which pods go.
   */
  @ParameterizedTest
  @CsvSource({
    "200 200 200, - - -",
    "199 199 199 199 199, c c c S S",
    "99 99, H H",
    // Grace starts anew when it was over at a look.
    "199 199 200 199 199 199 199, c c - c c c S",
    // Before it was met, its minimum reclaim says nothing; then it does.
    "199 199 199 199 249 250 249, c c c S S - -",
    // The hard one goes first where both are met.
    "150 150 150 99 150 199 250, c c c H S S -",
    "99 100 149 150 249 250, H H H S S -",
  })
  void thresholdsAreMetAfterTheirGraceAndUntilTheirMinimumReclaim(String looks, String said) {
    ThresholdWatch watch =
        new ThresholdWatch(
            ImmutableList.of(threshold("100Mi", 0, "50Mi"), threshold("200Mi", 30, "50Mi")));
    List<String> expected = Splitter.on(' ').splitToList(said);
    long now = 0;
    for (String available : Splitter.on(' ').split(looks)) {
      watch.look(Long.parseLong(available) * MEBI, 1_000 * MEBI, now * SECOND);
      EvictionThreshold met = watch.toReclaim();
      String is = met == null ? (watch.isCrossed() ? "c" : "-") : met.isHard() ? "H" : "S";
      assertThat(is).as(looks + " at " + now + " s").isEqualTo(expected.get((int) (now / 10)));
      now += 10;
    }
  }

  @ParameterizedTest
  @CsvSource({"100Mi, 104857600", "10%, 104857601", "0%, 0", "25%, 262144000"})
  void amountsAreQuantitiesOrShares(String text, long bytes) {
    assertThat(Amount.parse(text).of(1_000 * MEBI)).isEqualTo(bytes);
  }

  /** When the pod that uses most has ended, which wants 60 s of 60 s. */
  @ParameterizedTest
  @CsvSource({
    // Seen at 10 s, met at 40 s; the grace period cuts the hook off.
    "30, 20, 60",
    "30, 500, 100",
    // The hook is cut off after the second that is left.
    "30, 0, 41",
    "0, 20, 11",
  })
  void podsGetTheirGraceWithinTheBoundsOfTheThreshold(
      long softSeconds, long maxPodGrace, int endedAt) {
    TestCluster cluster = cluster(maxPodGrace, 120, threshold("200Mi", softSeconds, "0"));
    run(cluster, "large", 500, 60);
    run(cluster, "small", 400, 0);
    cluster.until(9);
    assertThat(isPressed(cluster)).isFalse();
    // The node tells it before anybody has to go.
    cluster.until(10);
    assertThat(isPressed(cluster)).isTrue();
    cluster.until(endedAt - 1);
    assertThat(hasEnded(cluster)).as(String.join("\n", cluster.log)).isFalse();
    cluster.until(endedAt + 1);
    assertThat(hasEnded(cluster)).isTrue();
    assertThat(isEvicted(cluster, "large")).isTrue();
    assertThat(cluster.pod("large").status().message())
        .startsWith(
            "The node was low on resource: memory. Threshold quantity: 200Mi, available: 100Mi. ");
    cluster.untilIdle();
    // While the first one ended nobody else had to go, though memory was short all the time.
    assertThat(cluster.pod("small").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(isPressed(cluster)).isFalse();
  }

  @Test
  void aNodeIsUnderPressureForTheTransitionPeriod() {
    TestCluster cluster = cluster(0, 40, threshold("100Mi", 0, "0"));
    run(cluster, "large", 950, 0);
    // Seen at 10 s, and gone by the look at 20 s.
    cluster.until(49);
    assertThat(isEvicted(cluster, "large")).isTrue();
    assertThat(isPressed(cluster)).isTrue();
    cluster.until(51);
    assertThat(isPressed(cluster)).isFalse();
  }

  @Test
  void podsGoUntilTheMinimumReclaimIsThere() {
    TestCluster cluster = cluster(0, 300, threshold("100Mi", 0, "400Mi"));
    run(cluster, "a", 350, 0);
    run(cluster, "b", 340, 0);
    run(cluster, "c", 230, 0);
    cluster.until(15);
    // 430 Mi are there after the first, of 500.
    assertThat(isEvicted(cluster, "a")).isTrue();
    assertThat(cluster.pod("b").status().phase()).isEqualTo(PodPhase.RUNNING);
    cluster.until(25);
    assertThat(isEvicted(cluster, "b")).isTrue();
    cluster.until(60);
    assertThat(cluster.pod("c").status().phase()).isEqualTo(PodPhase.RUNNING);
  }
}

package io.towtank.scenarios.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.scenarios.report.ReportData.NodeCell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class NodeSharesTest {
  private static final ImmutableMap<String, String> SMALL =
      ImmutableMap.of("cpu", "4", "memory", "8Gi", "pods", "110");
  private static final ImmutableMap<String, String> WITH_GPU =
      ImmutableMap.of("cpu", "8", "memory", "32Gi", "nvidia.com/gpu", "4", "pods", "110");

  private final NodeShares shares = new NodeShares();
  private final PodSpec spec = TestObjects.spec(ImmutableMap.of("cpu", "1", "memory", "1Gi"));

  private double mean(String resource) {
    for (int i = 0; i < shares.resources(); i++) {
      if (shares.resource(i).equals(resource)) {
        return shares.mean(i);
      }
    }
    return Double.NaN;
  }

  @Test
  void aPodCountsFromItsBindingUntilItEnds() {
    shares.committed(null, TestObjects.node("a", "z", true, SMALL), 1);
    Pod pending = TestObjects.pod("p", spec, null, PodPhase.PENDING);
    Pod bound = TestObjects.pod("p", spec, "a", PodPhase.PENDING);
    Pod running = TestObjects.pod("p", spec, "a", PodPhase.RUNNING);
    Pod done = TestObjects.pod("p", spec, "a", PodPhase.SUCCEEDED);

    shares.committed(null, pending, 2);
    assertThat(mean("cpu")).isEqualTo(0);
    shares.committed(pending, bound, 3);
    assertThat(mean("cpu")).isEqualTo(0.25);
    shares.committed(bound, running, 4);
    assertThat(mean("memory")).isEqualTo(0.125);
    assertThat(shares.nodes()).containsExactly(new NodeCell("a", "z", 0.25, 0.125, 1, true));
    shares.committed(running, done, 5);
    assertThat(mean("cpu")).isEqualTo(0);
    shares.committed(done, null, 6);
    assertThat(shares.nodes()).containsExactly(new NodeCell("a", "z", 0, 0, 0, true));
  }

  @Test
  void onlyNodesThatOfferAResourceCount() {
    shares.committed(null, TestObjects.node("a", "z", true, SMALL), 1);
    shares.committed(null, TestObjects.node("b", "z", true, WITH_GPU), 2);
    PodSpec gpu = TestObjects.spec(ImmutableMap.of("nvidia.com/gpu", "2"));
    shares.committed(null, TestObjects.pod("p", gpu, "b", PodPhase.RUNNING), 3);

    assertThat(mean("nvidia.com/gpu")).isEqualTo(0.5);
  }

  @Test
  void nodesComeInOrderOfZoneAndNameAndAreGoneOnceDeleted() {
    Node deleted = TestObjects.node("d", "x", true, SMALL);
    shares.committed(null, TestObjects.node("b", "y", false, SMALL), 1);
    shares.committed(null, TestObjects.node("c", "x", true, SMALL), 2);
    shares.committed(null, TestObjects.node("a", "y", true, SMALL), 3);
    shares.committed(null, deleted, 4);
    shares.committed(deleted, null, 5);

    assertThat(shares.nodes().stream().map(NodeCell::name)).containsExactly("c", "a", "b");
    assertThat(shares.nodes().stream().map(NodeCell::ready)).containsExactly(true, true, false);
    assertThat(shares.nodesReady()).isEqualTo(2);
    assertThat(shares.nodesNotReady()).isEqualTo(1);
  }

  static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 30);
  }

  /** Random writes, held against what a count from scratch says. */
  @ParameterizedTest
  @MethodSource("seeds")
  void agreesWithACountFromScratch(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PodSpec> specs = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      specs.add(TestObjects.spec(ImmutableMap.of("cpu", 100 * i + "m", "memory", i + "Gi")));
    }
    specs.add(TestObjects.spec(ImmutableMap.of("nvidia.com/gpu", "1")));
    Map<String, Node> nodes = new TreeMap<>();
    Map<String, Pod> pods = new TreeMap<>();
    for (int write = 0; write < 500; write++) {
      if (random.nextInt(5) == 0) {
        String name = "node-" + random.nextInt(6);
        Node node =
            random.nextInt(4) == 0
                ? null
                : TestObjects.node(name, "z", true, random.nextBoolean() ? SMALL : WITH_GPU);
        Node previous = node == null ? nodes.remove(name) : nodes.put(name, node);
        commit(previous, node, write);
      } else {
        String name = "pod-" + random.nextInt(20);
        Pod before = pods.get(name);
        Pod pod = next(random, name, before, specs);
        Pod previous = pod == null ? pods.remove(name) : pods.put(name, pod);
        commit(previous, pod, write);
      }
      for (int i = 0; i < shares.resources(); i++) {
        List<Double> all = fromScratch(shares.resource(i), nodes, pods);
        double mean = all.stream().mapToDouble(s -> s).average().orElse(0);
        double variance =
            all.stream().mapToDouble(s -> (s - mean) * (s - mean)).average().orElse(0);
        String where = "-Dtowtank.test.seed=" + seed + ", write " + write;
        assertThat(shares.mean(i)).as(where).isCloseTo(mean, within(1e-9));
        assertThat(shares.deviation(i)).as(where).isCloseTo(Math.sqrt(variance), within(1e-6));
      }
    }
  }

  private void commit(
      io.towtank.api.@Nullable KubeObject previous,
      io.towtank.api.@Nullable KubeObject current,
      long revision) {
    if (previous != null || current != null) {
      shares.committed(previous, current, revision);
    }
  }

  private static @Nullable Pod next(
      SplittableRandom random, String name, @Nullable Pod before, List<PodSpec> specs) {
    if (before == null) {
      PodSpec spec = specs.get(random.nextInt(specs.size()));
      return TestObjects.pod(name, spec, null, PodPhase.PENDING);
    }
    if (before.nodeName() == null) {
      return TestObjects.pod(name, before.spec(), "node-" + random.nextInt(6), PodPhase.PENDING);
    }
    return switch (random.nextInt(3)) {
      case 0 -> TestObjects.pod(name, before.spec(), before.nodeName(), PodPhase.RUNNING);
      case 1 -> TestObjects.pod(name, before.spec(), before.nodeName(), PodPhase.FAILED);
      default -> null;
    };
  }

  private static List<Double> fromScratch(
      String resource, Map<String, Node> nodes, Map<String, Pod> pods) {
    List<Double> all = new ArrayList<>();
    for (Node node : nodes.values()) {
      double offered = amount(node.status().allocatable(), resource);
      if (offered > 0) {
        double asked = 0;
        for (Pod pod : pods.values()) {
          if (node.name().equals(pod.nodeName()) && !pod.status().phase().isTerminal()) {
            var resources = pod.spec().containers().getFirst().resources();
            asked += resources == null ? 0 : amount(resources.requests(), resource);
          }
        }
        all.add(asked / offered);
      }
    }
    return all;
  }

  private static double amount(
      ImmutableMap<String, io.towtank.api.Quantity> quantities, String resource) {
    io.towtank.api.Quantity quantity = quantities.get(resource);
    return quantity == null ? 0 : resource.equals("cpu") ? quantity.milliValue() : quantity.value();
  }
}

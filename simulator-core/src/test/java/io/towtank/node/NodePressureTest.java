package io.towtank.node;

import static io.towtank.node.TestCluster.SECOND;
import static io.towtank.node.TestCluster.spec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatus;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.latency.LatencyProfile;
import io.towtank.node.EvictionThreshold.Amount;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files and processes that run out, on a node that can have 1,000 of each. */
class NodePressureTest {
  private final TestCluster cluster = cluster("nodefs.inodesFree 100, pid.available 10%");

  private static TestCluster cluster(String thresholds) {
    ImmutableList.Builder<EvictionThreshold> read = ImmutableList.builder();
    for (String threshold : Splitter.on(", ").split(thresholds)) {
      List<String> words = Splitter.on(' ').splitToList(threshold);
      for (EvictionSignal signal : EvictionSignal.values()) {
        if (signal.text().equals(words.get(0))) {
          read.add(new EvictionThreshold(signal, Amount.parse(words.get(1)), 0, Amount.NONE));
        }
      }
    }
    TestCluster cluster =
        new TestCluster(
            LatencyProfile.INSTANT,
            new AnnotatedBehaviour(),
            ImageSizes.DEFAULT,
            1,
            store -> {},
            new EvictionOptions(read.build(), 0, 60 * SECOND),
            StaticPods.NONE,
            ImmutableList.of());
    ImmutableMap<String, Quantity> capacity =
        ImmutableMap.of(
            "cpu", Quantity.parse("8"),
            "memory", Quantity.parse("1000Mi"),
            "ephemeral-storage", Quantity.parse("1Gi"),
            "pods", Quantity.parse("110"));
    Node template = NodePool.template(capacity, capacity);
    NodePool.of(
            1,
            NodeBuilder.builder(template)
                .metadata(
                    ObjectMetaBuilder.builder(template.metadata())
                        .annotations(ImmutableMap.of(NodePool.INODES, "1k", NodePool.PIDS, "1000"))
                        .build())
                .build())
        .create(NodeNetwork.forNodes(100), cluster.store::create);
    return cluster;
  }

  private void run(String name, int priority, String disk, ImmutableMap<String, String> said) {
    Container app =
        ContainerBuilder.builder()
            .name("app")
            .image("app")
            .resources(
                new ResourceRequirements(
                    ImmutableMap.of(),
                    ImmutableMap.of("ephemeral-storage", Quantity.parse(disk)),
                    Fields.NONE))
            .build();
    PodSpec spec = PodSpecBuilder.builder(spec(app)).priority(priority).build();
    cluster.run(name, "node-00000", spec, said);
  }

  private List<String> evicted() {
    List<String> evicted = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      if ("Evicted".equals(cluster.pod(name).status().reason())) {
        evicted.add(name);
      }
    }
    return evicted;
  }

  private boolean has(String condition) {
    return cluster.node("node-00000").status().conditions().stream()
        .anyMatch(c -> c.type().equals(condition) && c.status() == ConditionStatus.TRUE);
  }

  /** Each pod's priority, request of disk, and use; who goes at the first looks. */
  @ParameterizedTest(name = "{0}: {1}, {2}, {3} → {4}")
  @CsvSource({
    // By number where priorities are equal, requests of disk mean nothing.
    "process, 0 0 200, 0 1Mi 400, 0 0 350, b",
    "process, 5 0 200, 9 0 500, 5 0 250, c",
    "process, 5 0 950, 9 0 1, 4 0 1, c a",
    // Nobody has a file, who has none is not before who has one.
    "inode, 5 0 950, 9 0 1, 4 0 0, a",
    "inode, 0 0 200, 0 1Ki 400, 0 0 350, c",
    "inode, 0 0 200, 0 100 420, 0 0 300, b",
    "inode, 5 0 200, 9 0 500, 4 0 250, c",
    // 899 are in use, and just as many are left as there are to be.
    "process, 0 0 300, 0 0 300, 0 0 300, ''",
    "process, 0 0 300, 0 0 300, 0 0 301, c",
  })
  void whoGoesFirst(String what, String a, String b, String c, String goes) {
    int number = 0;
    for (String pod : List.of(a, b, c)) {
      List<String> words = Splitter.on(' ').splitToList(pod);
      run(
          List.of("a", "b", "c").get(number++),
          Integer.parseInt(words.get(0)),
          words.get(1),
          ImmutableMap.of("towtank.io/" + what + "-use", words.get(2)));
    }
    cluster.until(25);
    List<String> expected =
        goes.isEmpty() ? List.of() : Splitter.on(' ').splitToList(goes).stream().sorted().toList();
    assertThat(evicted()).isEqualTo(expected);
    String condition = what.equals("process") ? "PIDPressure" : "DiskPressure";
    assertThat(has(condition)).isEqualTo(!goes.isEmpty());
    cluster.until(200);
    assertThat(has(condition)).isFalse();
  }

  @Test
  void messagesCountAndNobodyElseIsTaken() {
    run("a", 0, "0", ImmutableMap.of("towtank.io/process-growth", "10/s"));
    cluster.until(100);
    PodStatus status = cluster.pod("a").status();
    assertThat(status.message())
        .isEqualTo("The node was low on resource: pids. Threshold quantity: 100, available: 0. ");
    // Grown beyond 900 at 90 s, and seen at the next look.
    assertThat(cluster.log.getLast()).startsWith("100.000 a Failed/Evicted");
    run("b", 0, "0", ImmutableMap.of());
    cluster.until(120);
    assertThat(requireNonNull(cluster.pod("b").status().message()))
        .endsWith("The node had condition: [PIDPressure]. ");
  }

  /** Two resources of one condition: it ends with the later one. */
  @Test
  void aConditionHoldsForBothOfItsReasons() {
    TestCluster both = cluster("nodefs.available 50%, nodefs.inodesFree 100");
    both.run(
        "disk", "node-00000", spec(container()), ImmutableMap.of("towtank.io/disk-use", "600Mi"));
    both.until(30);
    both.run(
        "files",
        "node-00000",
        PodSpecBuilder.builder(spec(container())).priority(2_000_000_000).build(),
        ImmutableMap.of("towtank.io/inode-use", "950"));
    both.until(85);
    assertThat(
            both.node("node-00000").status().conditions().stream()
                .filter(c -> c.type().equals("DiskPressure"))
                .map(c -> c.status().toString()))
        .containsExactly("True");
  }

  private static Container container() {
    return ContainerBuilder.builder().name("app").image("app").build();
  }

  @ParameterizedTest
  @CsvSource({
    "16Gi 100Gi, '', 16284Mi 90Gi",
    "16Gi 100Gi, memory=1Gi ephemeral-storage=10Gi, 15260Mi 80Gi",
    "16Gi 0, cpu=1, 16284Mi 0",
    "64Mi 10Gi, '', 0 9Gi",
  })
  void whatIsReservedIsNotOffered(String has, String reserved, String offers) {
    ImmutableMap.Builder<String, Quantity> kept = ImmutableMap.builder();
    for (String amount : Splitter.on(' ').omitEmptyStrings().split(reserved)) {
      List<String> words = Splitter.on('=').splitToList(amount);
      kept.put(words.get(0), Quantity.parse(words.get(1)));
    }
    ImmutableMap<String, Quantity> offered =
        new NodeReservation(kept.buildOrThrow(), EvictionOptions.DEFAULT)
            .allocatable(
                ImmutableMap.of(
                    "memory", Quantity.parse(Splitter.on(' ').splitToList(has).get(0)),
                    "ephemeral-storage", Quantity.parse(Splitter.on(' ').splitToList(has).get(1))));
    List<String> expected = Splitter.on(' ').splitToList(offers);
    assertThat(requireNonNull(offered.get("memory")).compareTo(Quantity.parse(expected.get(0))))
        .isZero();
    assertThat(requireNonNull(offered.get("ephemeral-storage")).value())
        .isBetween(
            Quantity.parse(expected.get(1)).value() - 200,
            Quantity.parse(expected.get(1)).value() + 200);
  }
}

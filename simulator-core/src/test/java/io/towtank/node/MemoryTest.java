package io.towtank.node;

import static io.towtank.node.TestCluster.spec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateTerminated;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.NodeCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.latency.LatencyProfile;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happens to containers and nodes that run out of memory; everything else takes no time. */
class MemoryTest {
  private static final long MEBI = 1 << 20;

  /** By pod: what its containers use, and how that grows in a second. */
  private final Map<String, long[]> use = new HashMap<>();

  private final TestCluster cluster =
      new TestCluster(
          LatencyProfile.INSTANT,
          (pod, container, init, attempt, random) -> {
            long[] bytes = use.getOrDefault(pod.name(), new long[2]);
            return new ContainerRun(
                0,
                ContainerRun.FOREVER,
                0,
                0,
                ContainerRun.FOREVER,
                new ResourceUse(bytes[0], bytes[1]),
                ResourceUse.NONE,
                ResourceUse.NONE,
                ResourceUse.NONE);
          },
          ImageSizes.DEFAULT,
          1);

  private static Container container(String request, String limit) {
    ImmutableMap.Builder<String, Quantity> requests = ImmutableMap.builder();
    ImmutableMap.Builder<String, Quantity> limits = ImmutableMap.builder();
    if (!request.isEmpty()) {
      requests.put("memory", Quantity.parse(request));
    }
    if (!limit.isEmpty()) {
      limits.put("memory", Quantity.parse(limit));
    }
    return ContainerBuilder.builder()
        .name("app")
        .image("app")
        .resources(
            ResourceRequirementsBuilder.builder()
                .requests(requests.buildOrThrow())
                .limits(limits.buildOrThrow())
                .build())
        .rest(Fields.NONE)
        .build();
  }

  private static PodSpec priority(PodSpec spec, int priority) {
    return PodSpecBuilder.builder(spec).priority(priority).build();
  }

  private ContainerStatus status(String pod) {
    return cluster.pod(pod).status().containerStatuses().getFirst();
  }

  private ContainerState state(String pod) {
    return requireNonNull(status(pod).state());
  }

  private ContainerStateTerminated lastEnd(String pod) {
    return requireNonNull(requireNonNull(status(pod).lastState()).terminated());
  }

  private String pressure() {
    for (NodeCondition condition :
        cluster.store.list(Kinds.NODE).getFirst().status().conditions()) {
      if (condition.type().equals("MemoryPressure")) {
        return condition.status() + " " + condition.reason();
      }
    }
    return "none";
  }

  /** What the node has, in bytes. */
  private long capacity() {
    return requireNonNull(
            cluster.store.list(Kinds.NODE).getFirst().status().capacity().get("memory"))
        .value();
  }

  @Test
  void aContainerThatOutgrowsItsLimitIsKilledAndStartedAgain() {
    cluster.nodes(1);
    use.put("leak", new long[] {100 * MEBI, MEBI});
    cluster.run("leak", "node-00000", spec(container("100Mi", "160Mi")));
    cluster.until(59);
    assertThat(status("leak").restartCount()).isZero();
    cluster.until(65);
    assertThat(status("leak").restartCount()).isEqualTo(1);
    assertThat(lastEnd("leak").reason()).isEqualTo("OOMKilled");
    assertThat(lastEnd("leak").exitCode()).isEqualTo(137);
    assertThat(state("leak").running()).isNotNull();
    cluster.until(125);
    assertThat(requireNonNull(state("leak").waiting()).reason()).isEqualTo("CrashLoopBackOff");
  }

  @Test
  void aNodeUnderPressureEvictsOnePodAtATime() {
    cluster.nodes(1);
    long capacity = capacity();
    // Together they leave 50 MiB: three may go, one looks after another.
    use.put("within", new long[] {capacity / 2, 0});
    use.put("beyond", new long[] {capacity / 4, 0});
    use.put("far", new long[] {capacity / 4 - 50 * MEBI, 0});
    cluster.run("within", "node-00000", spec(container(String.valueOf(capacity / 2), "")));
    cluster.run("beyond", "node-00000", priority(spec(container("1Mi", "")), 10));
    cluster.run("far", "node-00000", priority(spec(container("1Mi", "")), 20));
    cluster.until(30);
    // The lower priority goes first, though the other is as far beyond its request.
    assertThat(cluster.pod("beyond").status().phase()).isEqualTo(PodPhase.FAILED);
    assertThat(cluster.pod("beyond").status().reason()).isEqualTo("Evicted");
    assertThat(cluster.pod("beyond").status().message())
        .startsWith(
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. "
                + "Container app was using ")
        .endsWith(", request is 1Mi, has larger consumption of memory. ");
    assertThat(cluster.pod("beyond").status().conditions())
        .anySatisfy(condition -> {
          assertThat(condition.type()).isEqualTo("DisruptionTarget");
          assertThat(condition.status()).isEqualTo(ConditionStatus.TRUE);
          assertThat(condition.reason()).isEqualTo("TerminationByKubelet");
        });
    assertThat(cluster.pod("within").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(cluster.pod("far").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(pressure()).isEqualTo("True KubeletHasInsufficientMemory");
    cluster.run("small", "node-00000", spec(container("", "")));
    cluster.until(31);
    assertThat(cluster.pod("small").status().reason()).isEqualTo("Evicted");
    assertThat(cluster.pod("small").status().message())
        .isEqualTo("Pod was rejected: The node had condition: [MemoryPressure]. ");
    cluster.run("burstable", "node-00000", spec(container("1Mi", "")));
    cluster.until(320);
    assertThat(cluster.pod("burstable").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(pressure()).isEqualTo("False KubeletHasSufficientMemory");
  }

  @Test
  void criticalPodsAreNotEvicted() {
    cluster.nodes(1);
    use.put("critical", new long[] {capacity() - 10 * MEBI, 0});
    cluster.run("critical", "node-00000", priority(spec(container("", "")), 2_000_000_000));
    cluster.until(100);
    assertThat(cluster.pod("critical").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(pressure()).startsWith("True");
    // The watch on it keeps no run from being idle.
    cluster.untilIdle();
  }

  @Test
  void whatGrowsTooFastIsEndedByTheKernelByItsScore() {
    cluster.nodes(1);
    long capacity = capacity();
    use.put("guaranteed", new long[] {capacity * 6 / 10, 0});
    use.put("besteffort", new long[] {MEBI, capacity / 5});
    PodSpec guaranteed =
        spec(
            ContainerBuilder.builder(container("", ""))
                .resources(
                    ResourceRequirementsBuilder.builder()
                        .requests(
                            ImmutableMap.of(
                                "cpu",
                                Quantity.parse("1"),
                                "memory",
                                Quantity.of(capacity * 6 / 10)))
                        .limits(
                            ImmutableMap.of(
                                "cpu",
                                Quantity.parse("1"),
                                "memory",
                                Quantity.of(capacity * 6 / 10)))
                        .build())
                .build());
    cluster.run("guaranteed", "node-00000", guaranteed);
    cluster.until(2);
    cluster.run("besteffort", "node-00000", spec(container("", "")));
    // It fills 40 % in two seconds, before the kubelet looks again.
    cluster.until(5);
    assertThat(lastEnd("besteffort").reason()).isEqualTo("OOMKilled");
    assertThat(status("guaranteed").restartCount()).isZero();
  }

  /** The node is full after thousands of years, which no clock of a simulation can tell. */
  @Test
  void whatGrowsSlowlyDoesNothing() {
    cluster.nodes(1);
    use.put("slow", new long[] {MEBI, 1});
    cluster.run("slow", "node-00000", spec(container("", "")));
    cluster.untilIdle();
    assertThat(cluster.simulation.nanos()).isLessThan(60 * TestCluster.SECOND);
    assertThat(new ResourceUse(0, 1).exceedsNanos(4_000_000_000L))
        .isEqualTo(4_000_000_001L * TestCluster.SECOND);
    assertThat(new ResourceUse(0, 1).exceedsNanos(9_000_000_000L)).isEqualTo(ContainerRun.FOREVER);
  }

  /** It fills the node while its hook sleeps. */
  @Test
  void whatIsKilledWhileItsPodStopsIsNotStartedAgain() {
    cluster.nodes(1);
    use.put("leak", new long[] {MEBI, capacity() / 4});
    ObjectNode lifecycle = JsonNodeFactory.instance.objectNode();
    lifecycle.putObject("preStop").putObject("sleep").put("seconds", 20);
    cluster.until(11);
    cluster.run(
        "leak",
        "node-00000",
        spec(
            ContainerBuilder.builder(container("", ""))
                .rest(Fields.NONE.with("lifecycle", lifecycle))
                .build()));
    cluster.until(12);
    cluster.delete("leak");
    cluster.until(40);
    assertThat(cluster.log.getLast()).isEqualTo("32.000 leak deleted");
    assertThat(cluster.log).anyMatch(line -> line.contains("app:OOMKilled(137)"));
    assertThat(cluster.recorder.counters()).containsEntry("kubelet/containersStarted", 1L);
  }

  @Test
  void scoresFollowQosClassesAndRequests() {
    NodeImages.Catalogue catalogue = new NodeImages.Catalogue(ImageSizes.DEFAULT);
    long capacity = 4_000 * MEBI;
    record Row(Container container, int priority, int score) {}
    for (Row row :
        ImmutableList.of(
            new Row(container("", ""), 0, 1_000),
            new Row(container("1000Mi", ""), 0, 750),
            new Row(container("1Mi", ""), 0, 999),
            new Row(container("4000Mi", ""), 0, 3),
            new Row(container("", ""), 2_000_001_000, -997))) {
      PodPlan plan = new PodPlan(priority(spec(row.container), row.priority), catalogue);
      int score = OomScore.adjustment(plan, 0, capacity);
      assertThat(score).isEqualTo(row.score);
    }
  }
}

package io.towtank.node;

import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerImage;
import io.towtank.api.NodeCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.latency.LatencyProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What happens where pods use up their node's disk of 100 Gi, of which 15 are to be left; images
 * have 1 Gi each, and nothing takes time.
 */
class DiskTest {
  private static final long GIBI = 1L << 30;

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
                ResourceUse.NONE,
                new ResourceUse(bytes[0], bytes[1]),
                ResourceUse.NONE,
                ResourceUse.NONE);
          },
          new ImageSizes(ImmutableMap.of("huge", 30 * GIBI), GIBI),
          1);

  private void node() {
    ImmutableMap<String, Quantity> capacity =
        ImmutableMap.<String, Quantity>builder()
            .putAll(NodePool.DEFAULT_TEMPLATE.status().capacity())
            .put("ephemeral-storage", Quantity.parse("100Gi"))
            .buildOrThrow();
    NodePool.of(1, NodePool.template(capacity, capacity))
        .create(NodeNetwork.forNodes(100), cluster.store::create);
  }

  private static Container container(String image, String request, String limit) {
    ImmutableMap<String, Quantity> none = ImmutableMap.of();
    return ContainerBuilder.builder()
        .name("app")
        .image(image)
        .imagePullPolicy("IfNotPresent")
        .resources(
            ResourceRequirementsBuilder.builder()
                .requests(
                    request.isEmpty()
                        ? none
                        : ImmutableMap.of("ephemeral-storage", Quantity.parse(request)))
                .limits(
                    limit.isEmpty()
                        ? none
                        : ImmutableMap.of("ephemeral-storage", Quantity.parse(limit)))
                .build())
        .build();
  }

  private static PodSpec priority(PodSpec spec, int priority) {
    return PodSpecBuilder.builder(spec).priority(priority).build();
  }

  private String pressure() {
    for (NodeCondition condition : cluster.node("node-00000").status().conditions()) {
      if (condition.type().equals("DiskPressure")) {
        return condition.status() + " " + condition.reason();
      }
    }
    return "none";
  }

  @Test
  void theOneFurthestBeyondItsRequestGoesAndNobodyComesMeanwhile() {
    node();
    use.put("within", new long[] {40 * GIBI, 0});
    use.put("beyond", new long[] {20 * GIBI, 0});
    use.put("grows", new long[] {10 * GIBI, GIBI});
    cluster.run("within", "node-00000", priority(spec(container("a", "50Gi", "")), 0));
    cluster.run("beyond", "node-00000", priority(spec(container("a", "1Gi", "")), 10));
    cluster.run("grows", "node-00000", priority(spec(container("a", "1Gi", "")), 10));
    // 71 Gi with the image: 14 s later less than 15 Gi are left, which a look finds at 20 s.
    cluster.until(19);
    assertThat(pressure()).isEqualTo("False KubeletHasNoDiskPressure");
    cluster.until(25);
    assertThat(cluster.pod("grows").status().message())
        .isEqualTo(
            "The node was low on resource: ephemeral-storage. Threshold quantity: 15Gi, available:"
                + " 9Gi. Container app was using 30Gi, request is 1Gi, has larger consumption of"
                + " ephemeral-storage. ");
    assertThat(cluster.pod("grows").status().reason()).isEqualTo("Evicted");
    assertThat(pressure()).isEqualTo("True KubeletHasDiskPressure");
    cluster.run("late", "node-00000", spec(container("a", "1Mi", "")));
    cluster.until(60);
    assertThat(cluster.pod("late").status().message())
        .isEqualTo("Pod was rejected: The node had condition: [DiskPressure]. ");
    assertThat(cluster.pod("within").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(cluster.pod("beyond").status().phase()).isEqualTo(PodPhase.RUNNING);
    cluster.untilIdle();
    assertThat(pressure()).isEqualTo("False KubeletHasNoDiskPressure");
    assertThat(cluster.simulation.nanos()).isEqualTo(320 * TestCluster.SECOND);
  }

  @Test
  void imagesThatNobodyUsesGoFirst() {
    node();
    cluster.run("brief", "node-00000", spec(container("huge", "", "")));
    cluster.until(5);
    cluster.delete("brief");
    cluster.until(15);
    use.put("stays", new long[] {60 * GIBI, 0});
    cluster.run("stays", "node-00000", spec(container("a", "", "")));
    cluster.until(100);
    assertThat(cluster.pod("stays").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(pressure()).isEqualTo("True KubeletHasDiskPressure");
    assertThat(cluster.node("node-00000").status().images())
        .extracting(ContainerImage::names)
        .containsExactly(ImmutableList.of("docker.io/library/a:latest"));
    cluster.untilIdle();
    assertThat(pressure()).isEqualTo("False KubeletHasNoDiskPressure");
  }

  @Test
  void aPodBeyondItsOwnLimitIsEvictedFromANodeWithPlenty() {
    node();
    use.put("grows", new long[] {0, GIBI});
    use.put("critical", new long[] {2 * GIBI, 0});
    cluster.run("grows", "node-00000", spec(container("a", "", "4Gi")));
    cluster.run("critical", "node-00000", priority(spec(container("a", "", "1Gi")), 2_000_000_000));
    cluster.untilIdle();
    assertThat(cluster.pod("grows").status().message())
        .isEqualTo("Container app exceeded its local ephemeral storage limit \"4Gi\". ");
    assertThat(cluster.log).filteredOn(line -> line.contains("Failed")).hasSize(1);
    assertThat(cluster.log.getLast()).startsWith("10.000 grows Failed/Evicted");
    assertThat(pressure()).isEqualTo("False KubeletHasNoDiskPressure");
  }

  @Test
  void aNodeThatDoesNotSayHowMuchItHasIsNeverShort() {
    cluster.nodes(1);
    use.put("big", new long[] {1000 * GIBI, GIBI});
    cluster.run("big", "node-00000", spec(container("a", "", "")));
    cluster.untilIdle();
    assertThat(List.of(pressure(), cluster.pod("big").status().phase().toString()))
        .containsExactly("False KubeletHasNoDiskPressure", "Running");
  }
}

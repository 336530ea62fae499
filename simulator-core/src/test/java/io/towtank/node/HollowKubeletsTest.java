package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerImage;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Lease;
import io.towtank.api.LeaseSpec;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.latency.LatencyProfile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Registration, heartbeats, images and addresses of nodes, and what crashes do to their pods. */
class HollowKubeletsTest {
  private final TestCluster cluster = TestCluster.of(TestCluster.fixed());

  private LeaseSpec lease(String node) {
    Lease lease = cluster.store.get(Kinds.LEASE, "kube-node-lease", node);
    return requireNonNull(requireNonNull(lease).spec());
  }

  @Test
  void aKubeletRegistersItsNode() {
    cluster.nodes(1);
    cluster.untilIdle();
    assertThat(cluster.node("node-00000").status().conditions())
        .extracting(NodeCondition::type, NodeCondition::status, NodeCondition::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "MemoryPressure", ConditionStatus.FALSE, "KubeletHasSufficientMemory"),
            org.assertj.core.groups.Tuple.tuple(
                "DiskPressure", ConditionStatus.FALSE, "KubeletHasNoDiskPressure"),
            org.assertj.core.groups.Tuple.tuple(
                "PIDPressure", ConditionStatus.FALSE, "KubeletHasSufficientPID"),
            org.assertj.core.groups.Tuple.tuple("Ready", ConditionStatus.TRUE, "KubeletReady"));
    assertThat(lease("node-00000").holderIdentity()).isEqualTo("node-00000");
    assertThat(cluster.kubelets.isAlive("node-00000")).isTrue();
    assertThat(cluster.kubelets.isAlive("node-00001")).isFalse();
  }

  @Test
  void heartbeatsOfNodesThatAreWellAreNotEvents() {
    TestCluster large = TestCluster.of(LatencyProfile.TYPICAL);
    large.simulation.checkEvery(Long.MAX_VALUE / 2);
    large.nodes(100);
    large.until(60);
    long before = large.simulation.events();
    large.until(24 * 3600);
    assertThat(large.simulation.events()).isEqualTo(before);
    long renewed = large.kubelets.leaseRenewedAt("node-00042");
    long now = large.simulation.epochNanos();
    assertThat(now - renewed).isBetween(0L, 10 * TestCluster.SECOND - 1);
    assertThat(large.kubelets.leaseRenewedAt("node-99999")).isEqualTo(Timestamps.NONE);
  }

  @Test
  void renewalsOfANodeAreTenSecondsApart() {
    cluster.nodes(1);
    cluster.until(30);
    long first = cluster.kubelets.leaseRenewedAt("node-00000");
    cluster.until(40);
    assertThat(cluster.kubelets.leaseRenewedAt("node-00000") - first)
        .isEqualTo(10 * TestCluster.SECOND);
  }

  @Test
  void aCrashLeavesTheLastRenewalInTheLease() {
    cluster.nodes(1);
    cluster.until(100);
    assertThat(lease("node-00000").renewTime()).isEqualTo(Timestamps.NONE);
    long last = cluster.kubelets.leaseRenewedAt("node-00000");
    cluster.faults.fail(ImmutableList.of("node-00000", "no-such-node"));
    cluster.until(200);
    assertThat(lease("node-00000").renewTime()).isEqualTo(last);
    assertThat(cluster.kubelets.leaseRenewedAt("node-00000")).isEqualTo(last);
    assertThat(cluster.kubelets.isAlive("node-00000")).isFalse();
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.until(201);
    assertThat(lease("node-00000").renewTime()).isEqualTo(Timestamps.NONE);
    assertThat(cluster.kubelets.isAlive("node-00000")).isTrue();
  }

  @Test
  void imagesAreReportedWhenTheStatusIsNextLookedAt() {
    TestCluster sized =
        new TestCluster(
            TestCluster.fixed(),
            new AnnotatedBehaviour(),
            new ImageSizes(ImmutableMap.of("small", 10_000_000L), 100_000_000),
            1);
    sized.nodes(1);
    sized.run("a", "node-00000", spec(container("app", "nginx:1.27")));
    sized.run("b", "node-00000", spec(container("app", "small")));
    List<String> reports = new ArrayList<>();
    sized.store.addCommitListener((previous, current, revision) -> {
      if (current instanceof Node node && !node.status().images().isEmpty()) {
        reports.add(
            sized.simulation.nanos() / TestCluster.SECOND
                + " "
                + node.status().images().stream()
                    .map(image -> image.names().get(0) + "=" + image.sizeBytes())
                    .toList());
      }
    });
    sized.until(1000);
    // Pulled after 2 + 1 + 10 s and 2 more.
    assertThat(reports)
        .containsExactly(
            "20 [docker.io/library/nginx:1.27=100000000, docker.io/library/small:latest=10000000]");
  }

  @Test
  void imageNamesAreThoseOfTheContainerRuntime() {
    record Row(String image, String name) {}
    for (Row row :
        List.of(
            new Row("nginx", "docker.io/library/nginx:latest"),
            new Row("nginx:1", "docker.io/library/nginx:1"),
            new Row("bitnami/redis:7", "docker.io/bitnami/redis:7"),
            new Row("registry.k8s.io/pause:3.9", "registry.k8s.io/pause:3.9"),
            new Row("host:5000/app", "host:5000/app:latest"),
            new Row("localhost/app:x", "localhost/app:x"),
            new Row("quay.io/a/b@sha256:12", "quay.io/a/b@sha256:12"))) {
      assertThat(NodeImages.fullName(row.image)).isEqualTo(row.name);
    }
  }

  @Test
  void imagesOfAnImportedNodeNeedNotBePulled() {
    List<Node> nodes = new ArrayList<>();
    NodePool.of(1).create(NodeNetwork.forNodes(1), nodes::add);
    Node node = nodes.get(0);
    ContainerImage image =
        new ContainerImage(
            ImmutableList.of("docker.io/library/nginx@sha256:1", "docker.io/library/nginx:1.27"),
            42L,
            Fields.NONE);
    cluster.store.create(
        node.withStatus(
            NodeStatusBuilder.builder(node.status()).images(ImmutableList.of(image)).build()));
    cluster.run("a", "node-00000", spec(container("app", "nginx:1.27")));
    cluster.untilIdle();
    assertThat(cluster.log).contains("5.000 a Running app:running! [SIRCP]");
    assertThat(cluster.node("node-00000").status().images()).containsExactly(image);
  }

  private void smallNode() {
    List<Node> nodes = new ArrayList<>();
    NodePool.of(1).create(NodeNetwork.forNodes(1), nodes::add);
    cluster.store.create(
        nodes.get(0).withSpec(NodeSpecBuilder.builder().podCIDR("10.9.9.0/29").build()));
  }

  @Test
  void aNodeWithoutAFreeAddressLetsPodsWait() {
    smallNode();
    for (int i = 0; i < 7; i++) {
      cluster.run("p" + i, "node-00000", spec(container("app", "nginx")));
    }
    cluster.until(60);
    assertThat(cluster.log).filteredOn(line -> line.contains("Running")).hasSize(5);
    assertThat(cluster.recorder.counter("events/kubelet/FailedCreatePodSandBox")[0]).isEqualTo(2);
    cluster.delete("p0");
    cluster.untilIdle();
    // Free at 65 s; p5 tried at 2, 12, 22 … s.
    assertThat(cluster.log)
        .contains("75.000 p5 Running app:running! [SIRCP]")
        .noneMatch(line -> line.contains("p6 Running"));
    assertThat(cluster.pod("p5").status().podIP()).isEqualTo("10.9.9.2");
    cluster.delete("p6");
    cluster.delete("p1");
    cluster.untilIdle();
    assertThat(cluster.kubelets.podsOn("node-00000")).hasSize(4);
  }

  @Test
  void anAddressThatAPodGivesUpWhileItWaitsGoesToTheNext() {
    smallNode();
    for (int i = 0; i < 7; i++) {
      cluster.run("p" + i, "node-00000", spec(container("app", "nginx")));
    }
    cluster.until(60);
    cluster.delete("p0");
    cluster.until(66);
    cluster.delete("p5");
    cluster.untilIdle();
    assertThat(cluster.log).contains("75.000 p6 Running app:running! [SIRCP]");
  }

  @Test
  void aPodOnTheHostNetworkHasTheNodesAddress() {
    PodSpec host =
        PodSpecBuilder.builder(spec(container("app", "nginx"))).hostNetwork(true).build();
    cluster.nodes(1);
    cluster.run("a", "node-00000", host);
    cluster.untilIdle();
    assertThat(cluster.pod("a").status().podIP()).isEqualTo("172.16.0.1");
  }

  @Test
  void podsWaitForTheirNode() {
    cluster.run("early", "node-00000", spec(container("app", "nginx")));
    cluster.until(50);
    cluster.nodes(1);
    cluster.untilIdle();
    assertThat(cluster.log).contains("66.000 early Running app:running! [SIRCP]");
  }

  @Test
  void containersAreStartedAgainAfterACrash() {
    PodSpec never =
        PodSpecBuilder.builder(spec(container("app", "nginx"))).restartPolicy("Never").build();
    cluster.nodes(1);
    cluster.run("always", "node-00000", spec(container("app", "nginx")));
    cluster.run("never", "node-00000", never);
    cluster.run("doomed", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.faults.fail(ImmutableList.of("node-00000"));
    cluster.until(70);
    cluster.delete("doomed");
    cluster.run("meanwhile", "node-00000", spec(container("app", "nginx")));
    cluster.until(100);
    int before = cluster.log.size();
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.log.subList(before, cluster.log.size()))
        .containsExactlyInAnyOrder(
            "100.000 always Running app:ContainerCreating [IP]",
            "100.000 never Failed app:Unknown(255) [IP]",
            "100.000 doomed Failed app:Unknown(255) [IP]",
            "100.000 meanwhile Pending app:ContainerCreating [IP]",
            "100.000 doomed deleted",
            "105.000 always Running app:running!*1 [SIRCP]",
            "105.000 meanwhile Running app:running! [SIRCP]");
    // host-local goes on after the address that it gave last.
    assertThat(cluster.pod("always").status().podIP()).isEqualTo("10.0.0.5");
  }

  @Test
  void aCrashDropsWhatWasBeingPulled() {
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.until(8);
    cluster.faults.fail(ImmutableList.of("node-00000"));
    cluster.until(20);
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.log).contains("36.000 a Running app:running! [SIRCP]");
  }

  @Test
  void aPodThatIsForcedAwayFromADeadNodeIsForgotten() {
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.faults.fail(ImmutableList.of("node-00000"));
    cluster.forceDelete("a");
    cluster.until(61);
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.kubelets.podsOn("node-00000")).isEmpty();
  }

  @Test
  void aNodeThatWasNotReadyElsewhereStaysDown() {
    List<Node> nodes = new ArrayList<>();
    NodePool.of(1).create(NodeNetwork.forNodes(1), nodes::add);
    NodeCondition notReady =
        new NodeCondition(
            "Ready",
            ConditionStatus.UNKNOWN,
            Timestamps.NONE,
            Timestamps.NONE,
            "NodeStatusUnknown",
            null,
            Fields.NONE);
    Node node = nodes.get(0);
    cluster.store.create(
        node.withStatus(
            NodeStatusBuilder.builder(node.status())
                .conditions(ImmutableList.of(notReady))
                .build()));
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.until(100);
    assertThat(cluster.kubelets.isAlive("node-00000")).isFalse();
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.log).contains("116.000 a Running app:running! [SIRCP]");
  }

  @Test
  void podsOfAnImportedClusterGoOnRunning() {
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.untilIdle();
    Pod running = cluster.pod("a");

    TestCluster other =
        new TestCluster(
            TestCluster.fixed(),
            new AnnotatedBehaviour(),
            ImageSizes.DEFAULT,
            1,
            store ->
                store.updateStatus(
                    store.create(running.withResourceVersion(0)).withStatus(running.status())));
    other.nodes(1);
    other.run("b", "node-00000", spec(container("app", "redis")));
    other.untilIdle();
    assertThat(other.log).noneMatch(line -> line.contains(" a "));
    assertThat(other.pod("b").status().podIP()).isEqualTo("10.0.0.3");
    other.delete("a");
    other.untilIdle();
    assertThat(other.log).endsWith("21.000 a Succeeded app:Completed(0) [IP]", "21.000 a deleted");
  }

  @Test
  void whatOthersWriteIntoAStatusIsKeptAndTheKubeletsPartIsPutRight() {
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    Pod pod = cluster.pod("a");
    PodCondition target =
        new PodCondition(
            "DisruptionTarget",
            ConditionStatus.TRUE,
            Timestamps.NONE,
            Timestamps.NONE,
            "x",
            null,
            Fields.NONE);
    ImmutableList.Builder<PodCondition> conditions = ImmutableList.builder();
    for (PodCondition condition : pod.status().conditions()) {
      conditions.add(
          condition.type().equals("Ready")
              ? new PodCondition(
                  "Ready",
                  ConditionStatus.FALSE,
                  Timestamps.NONE,
                  Timestamps.NONE,
                  null,
                  null,
                  Fields.NONE)
              : condition);
    }
    cluster.store.updateStatus(
        pod.withStatus(
            PodStatusBuilder.builder(pod.status())
                .conditions(conditions.add(target).build())
                .build()));
    cluster.untilIdle();
    assertThat(cluster.log)
        .endsWith(
            "60.000 a Running app:running! [SICP+DisruptionTarget]",
            "60.000 a Running app:running! [SIRCP+DisruptionTarget]");
  }

  @Test
  void cordonAndUncordon() {
    cluster.nodes(2);
    cluster.faults.cordon(ImmutableList.of("node-00001", "no-such-node"));
    cluster.untilIdle();
    assertThat(cluster.node("node-00001").spec().unschedulable()).isTrue();
    assertThat(cluster.node("node-00000").spec().unschedulable()).isNull();
    cluster.faults.uncordon(ImmutableList.of("node-00001"));
    cluster.untilIdle();
    assertThat(cluster.node("node-00001").spec().unschedulable()).isNull();
  }

  @Test
  void aDrainSparesDaemons() {
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.run("b", "node-00000", spec(container("app", "nginx")));
    cluster.daemon("d", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    NodeDrain drain = cluster.drain(NodeDrain.Options.DEFAULT, "node-00000");
    cluster.untilIdle();
    assertThat(cluster.node("node-00000").spec().unschedulable()).isTrue();
    assertThat(cluster.store.list(Kinds.POD)).extracting(Pod::name).containsExactly("d");
    assertThat(cluster.log).contains("65.000 a deleted", "65.000 b deleted");
    assertThat(drain.problem()).isEmpty();
    assertThat(drain.evicted()).isEqualTo(2);
    assertThat(drain.tookNanos()).isEqualTo(6 * TestCluster.SECOND);
  }

  @Test
  void aDeletedNodeIsGoneWithItsKubelet() {
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.faults.delete(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.store.list(Kinds.NODE)).isEmpty();
    assertThat(cluster.kubelets.isAlive("node-00000")).isFalse();
    cluster.faults.restore(ImmutableList.of("node-00000"));
    assertThat(cluster.kubelets.isAlive("node-00000")).isFalse();
  }

  @Test
  void aNodeWithoutAPodCidrGetsOne() {
    Node node = NodePool.DEFAULT_TEMPLATE;
    cluster.store.create(
        NodeBuilder.builder(node)
            .metadata(
                io.towtank.api.ObjectMetaBuilder.builder(node.metadata()).name("mine").build())
            .build());
    cluster.untilIdle();
    assertThat(cluster.node("mine").spec().podCIDR()).isEqualTo("10.0.0.0/24");
    assertThat(cluster.node("mine").status().addresses()).hasSize(2);
  }
}

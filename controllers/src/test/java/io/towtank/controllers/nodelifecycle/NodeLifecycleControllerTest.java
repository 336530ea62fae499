package io.towtank.controllers.nodelifecycle;

import static io.towtank.controllers.nodelifecycle.HollowCluster.name;
import static io.towtank.controllers.nodelifecycle.HollowCluster.names;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.latency.LatencyProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When nodes count as lost, which taints they get and how fast, and how they come back. */
class NodeLifecycleControllerTest {
  private static HollowCluster cluster(LatencyProfile latency) {
    return new HollowCluster(latency)
        .with("nodes", c -> new NodeLifecycleController(c, NodeLifecycleOptions.DEFAULT));
  }

  @Test
  void aSilentNodeIsLostAfterFiftySeconds() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(3);
    cluster.run("web", 1);
    cluster.until(101);
    long renewed = cluster.kubelets.leaseRenewedAt(name(1)) - cluster.simulation.epochNanos();
    assertThat(renewed).isBetween(-10 * HollowCluster.SECOND, 0L);
    cluster.faults.fail(ImmutableList.of(name(1)));
    // The pass that saw the last renewal is the first of every five seconds after it.
    double seen = Math.ceil((101 + renewed / 1e9) / 5) * 5;
    cluster.until(seen + 49.9);
    assertThat(cluster.state(1)).isEqualTo("True");
    assertThat(cluster.ready("web")).isEqualTo(ConditionStatus.TRUE);
    cluster.until(seen + 50.2);
    int lost = (int) seen + 50;
    assertThat(cluster.state(1))
        .isEqualTo("Unknown unreachable:NoSchedule@" + lost + " unreachable:NoExecute@" + lost);
    assertThat(cluster.ready("web")).isEqualTo(ConditionStatus.FALSE);
    assertThat(cluster.node(1).status().conditions())
        .extracting(NodeCondition::type, NodeCondition::reason, NodeCondition::message)
        .contains(
            org.assertj.core.groups.Tuple.tuple(
                "Ready", "NodeStatusUnknown", "Kubelet stopped posting node status."),
            org.assertj.core.groups.Tuple.tuple(
                "DiskPressure", "NodeStatusUnknown", "Kubelet stopped posting node status."));
    assertThat(cluster.state(0)).isEqualTo("True");
  }

  @Test
  void aNodeThatReturnsInTimeIsNotLost() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(3);
    cluster.until(100);
    cluster.faults.fail(ImmutableList.of(name(1)));
    cluster.until(130);
    cluster.faults.restore(ImmutableList.of(name(1)));
    cluster.until(400);
    assertThat(cluster.state(1)).isEqualTo("True");
    assertThat(cluster.recorder.counter("node-lifecycle-controller/nodesLost")[0]).isZero();
  }

  @Test
  void aNodeThatReturnsLosesItsTaints() {
    HollowCluster cluster = cluster(LatencyProfile.TYPICAL).start(3);
    cluster.run("web", 1, HollowCluster.tolerant());
    cluster.until(100);
    cluster.faults.fail(ImmutableList.of(name(1)));
    cluster.until(200);
    assertThat(cluster.state(1)).startsWith("Unknown unreachable:NoSchedule");
    cluster.faults.restore(ImmutableList.of(name(1)));
    cluster.until(210);
    assertThat(cluster.state(1)).isEqualTo("True");
    cluster.until(230);
    assertThat(cluster.ready("web")).isEqualTo(ConditionStatus.TRUE);
  }

  @Test
  void aNodeThatNeverPostsIsLostAfterSixtySeconds() {
    HollowCluster cluster =
        new HollowCluster(LatencyProfile.INSTANT, false)
            .with("nodes", c -> new NodeLifecycleController(c, NodeLifecycleOptions.DEFAULT));
    cluster.start(3);
    cluster.until(59);
    assertThat(cluster.state(1)).isEqualTo("none");
    cluster.until(61);
    assertThat(cluster.state(1)).startsWith("Unknown unreachable:NoSchedule@60");
    assertThat(cluster.node(1).status().conditions())
        .extracting(NodeCondition::reason)
        .containsOnly("NodeStatusNeverUpdated");
  }

  @Test
  void nodesOfAZoneAreTaintedOneInTenSeconds() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(30);
    cluster.until(100);
    // Two of ten in each zone.
    cluster.faults.fail(names(0, 6));
    cluster.until(200);
    for (int i = 0; i < 3; i++) {
      assertThat(Math.abs(taintedAt(cluster, i) - taintedAt(cluster, i + 3)))
          .isEqualTo(10 * HollowCluster.SECOND);
    }
  }

  private static long taintedAt(HollowCluster cluster, int node) {
    return cluster.node(node).spec().taints().stream()
        .filter(taint -> taint.effect().equals("NoExecute"))
        .mapToLong(Taint::timeAdded)
        .max()
        .orElseThrow();
  }

  @Test
  void aSmallZoneThatIsPartlyLostIsNotEvictedFrom() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(30);
    cluster.until(100);
    // Zone 0 has nodes 0, 3, … 27: six of ten are 60 %.
    cluster.faults.fail(ImmutableList.of(name(0), name(3), name(6), name(9), name(12), name(15)));
    cluster.until(1000);
    // One was handed out at the old rate before the pass knew how bad it is.
    assertThat(cluster.tainted()).isLessThanOrEqualTo(1);
    cluster.faults.restore(ImmutableList.of(name(0), name(3)));
    cluster.until(1100);
    assertThat(cluster.tainted()).isEqualTo(4);
  }

  @Test
  void aLargeZoneThatIsPartlyLostIsEvictedFromSlowly() {
    HollowCluster cluster =
        cluster(LatencyProfile.INSTANT).start(Collections.nCopies(60, "zone-a"));
    cluster.until(100);
    cluster.faults.fail(names(0, 40));
    cluster.until(165);
    long first = cluster.tainted();
    assertThat(first).isLessThanOrEqualTo(1);
    cluster.until(1165);
    assertThat(cluster.tainted() - first).isEqualTo(10);
  }

  @Test
  void aZoneThatIsWhollyLostIsEvictedFromAtTheNormalRate() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(30);
    cluster.until(100);
    List<String> zone = new ArrayList<>();
    for (int i = 0; i < 30; i += 3) {
      zone.add(name(i));
    }
    cluster.faults.fail(zone);
    cluster.until(165);
    long first = cluster.tainted();
    cluster.until(195);
    assertThat(cluster.tainted() - first).isEqualTo(3);
    cluster.until(400);
    assertThat(cluster.tainted()).isEqualTo(10);
  }

  @Test
  void whereAllZonesAreLostNobodyIsEvicted() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(9);
    cluster.until(100);
    cluster.faults.fail(names(0, 4));
    cluster.until(140);
    assertThat(cluster.tainted()).isZero();
    cluster.faults.fail(names(4, 9));
    cluster.until(1000);
    assertThat(cluster.tainted()).isZero();
    for (int i = 0; i < 9; i++) {
      assertThat(cluster.state(i)).startsWith("Unknown unreachable:NoSchedule@");
    }
    // One node is heard of: its zone is partly lost, the others are wholly.
    cluster.faults.restore(ImmutableList.of(name(0)));
    cluster.until(1007);
    assertThat(cluster.tainted()).isZero();
    cluster.until(1060);
    assertThat(cluster.tainted()).isBetween(8L, 8L);
    assertThat(cluster.state(0)).isEqualTo("True");
  }

  @Test
  void conditionsAndCordonsBecomeTaints() {
    HollowCluster cluster = cluster(LatencyProfile.TYPICAL).start(3);
    cluster.until(10);
    cluster.faults.cordon(ImmutableList.of(name(0)));
    Node node = cluster.node(1);
    ImmutableList.Builder<NodeCondition> conditions = ImmutableList.builder();
    for (NodeCondition condition : node.status().conditions()) {
      conditions.add(
          condition.type().equals("DiskPressure")
              ? new NodeCondition(
                  "DiskPressure",
                  ConditionStatus.TRUE,
                  Timestamps.NONE,
                  Timestamps.NONE,
                  null,
                  null,
                  Fields.NONE)
              : condition);
    }
    cluster.store.updateStatus(
        node.withStatus(
            NodeStatusBuilder.builder(node.status()).conditions(conditions.build()).build()));
    cluster.until(11);
    assertThat(cluster.state(0)).isEqualTo("True unschedulable:NoSchedule@10");
    assertThat(cluster.state(1)).isEqualTo("True disk-pressure:NoSchedule@10");
    cluster.faults.uncordon(ImmutableList.of(name(0)));
    cluster.until(12);
    assertThat(cluster.state(0)).isEqualTo("True");
  }

  @Test
  void aKubeletThatSaysItIsNotReadyGetsTheOtherTaint() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(3);
    cluster.until(10);
    Node node = cluster.node(1);
    NodeCondition notReady =
        new NodeCondition(
            "Ready",
            ConditionStatus.FALSE,
            cluster.simulation.epochNanos(),
            cluster.simulation.epochNanos(),
            "KubeletNotReady",
            null,
            Fields.NONE);
    cluster.store.updateStatus(
        node.withStatus(
            NodeStatusBuilder.builder(node.status())
                .conditions(ImmutableList.of(notReady))
                .build()));
    cluster.until(20);
    assertThat(cluster.state(1)).isEqualTo("False not-ready:NoSchedule@10 not-ready:NoExecute@10");
    cluster.faults.fail(ImmutableList.of(name(1)));
    cluster.until(100);
    assertThat(cluster.state(1))
        .contains("Unknown")
        .contains("unreachable:NoSchedule")
        .contains("unreachable:NoExecute")
        .doesNotContain("not-ready");
  }

  @Test
  void aPodThatComesToALostNodeIsMarkedToo() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(3);
    cluster.until(100);
    cluster.run("early", 1, HollowCluster.tolerant());
    cluster.until(101);
    cluster.faults.fail(ImmutableList.of(name(1)));
    cluster.until(200);
    cluster.run("late", 1, HollowCluster.tolerant());
    cluster.until(210);
    assertThat(cluster.ready("early")).isEqualTo(ConditionStatus.FALSE);
    cluster.faults.restore(ImmutableList.of(name(1)));
    cluster.until(260);
    assertThat(cluster.ready("early")).isEqualTo(ConditionStatus.TRUE);
    assertThat(cluster.ready("late")).isEqualTo(ConditionStatus.TRUE);
  }

  @Test
  void healthyNodesCostNothing() {
    HollowCluster cluster = cluster(LatencyProfile.TYPICAL).start(300);
    cluster.until(60);
    long before = cluster.simulation.events();
    cluster.until(24 * 3600);
    assertThat(cluster.simulation.events()).isEqualTo(before);
  }

  @Test
  void aDeletedNodeIsForgotten() {
    HollowCluster cluster = cluster(LatencyProfile.INSTANT).start(6);
    cluster.until(100);
    cluster.faults.delete(ImmutableList.of(name(1)));
    cluster.untilIdle();
    assertThat(cluster.store.list(Kinds.NODE)).hasSize(5);
    assertThat(cluster.recorder.counter("node-lifecycle-controller/nodesLost")[0]).isZero();
  }
}

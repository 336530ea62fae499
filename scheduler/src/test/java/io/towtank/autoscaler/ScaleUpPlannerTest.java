package io.towtank.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Uid;
import io.towtank.autoscaler.ScaleUpPlanner.GroupState;
import io.towtank.autoscaler.ScaleUpPlanner.Increase;
import io.towtank.autoscaler.ScaleUpPlanner.Plan;
import io.towtank.latency.Distribution;
import io.towtank.scheduler.Fixtures;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleUpPlannerTest {
  private final ClusterSnapshot snapshot = new ClusterSnapshot(SchedulerConfiguration.defaults());
  private final List<Pod> pods = new ArrayList<>();

  private static GroupState group(String name, int size, int max, String cpu, String memory) {
    return new GroupState(
        new NodeGroup(name, 0, max, 1, Distribution.ZERO, max),
        size,
        Fixtures.node("template-node-for-" + name, cpu, memory, "z"),
        false,
        true);
  }

  private void waiting(int count, PodSpec spec, String owner) {
    OwnerReference controller =
        new OwnerReference(
            "apps/v1", "ReplicaSet", owner, Uid.of(1, owner.hashCode()), true, true, Fields.NONE);
    for (int i = 0; i < count; i++) {
      Pod pod = Fixtures.pod(owner + "-" + i, spec);
      pods.add(
          pod.withMetadata(
              ObjectMetaBuilder.builder(pod.metadata())
                  .ownerReferences(ImmutableList.of(controller))
                  .build()));
    }
  }

  private Plan plan(ClusterAutoscalerOptions options, GroupState... groups) {
    long version = snapshot.state().nodeCount();
    Plan plan =
        new ScaleUpPlanner(
                snapshot, options, options::priorities, new Simulation(1, 0).random("test"))
            .plan(pods, List.of(groups), List.of(), 0);
    assertThat((long) snapshot.state().nodeCount()).as("nodes left over").isEqualTo(version);
    assertThat(snapshot.state().pods()).as("pods left over").isZero();
    return plan;
  }

  private Plan plan(GroupState... groups) {
    return plan(ClusterAutoscalerOptions.DEFAULT, groups);
  }

  @ParameterizedTest
  @CsvSource({
    // pods, cpu of each, cpu of a node, nodes
    "1, 1, 4, 1",
    "4, 1, 4, 1",
    "5, 1, 4, 2",
    "10, 3, 4, 10",
    "10, 2, 4, 5",
    "10000, 1, 16, 625"
  })
  void countsTheNodesThatPodsNeed(int count, String cpu, String nodeCpu, int nodes) {
    waiting(count, Fixtures.spec(cpu, "1Gi"), "web");

    Plan plan = plan(group("a", 0, 1000, nodeCpu, "256Gi"));

    assertThat(plan.increases()).hasSize(1);
    assertThat(plan.increases().get(0).to()).isEqualTo(nodes);
    assertThat(plan.unhelped()).isEmpty();
  }

  @Test
  void packsTheBiggestFirstAndFillsUpWithTheSmall() {
    waiting(8, Fixtures.spec("1", "1Gi"), "small");
    waiting(4, Fixtures.spec("3", "1Gi"), "big");

    // Each of 4 nodes takes a big one and a small one, a fifth the other 4 small ones.
    assertThat(plan(group("a", 2, 10, "4", "64Gi")).increases())
        .extracting(Increase::toString)
        .containsExactly("{a 2->7 (max: 10)}");
  }

  @Test
  void growsNoFurtherThanTheGroupMay() {
    waiting(100, Fixtures.spec("1", "1Gi"), "web");

    Plan plan = plan(group("a", 3, 5, "4", "64Gi"));

    assertThat(plan.increases()).extracting(Increase::to).containsExactly(5);
    assertThat(plan.options().get(0).pods()).hasSize(8);
  }

  @Test
  void takesTheGroupThatLeavesLessIdle() {
    waiting(4, Fixtures.spec("1", "4Gi"), "web");

    Plan plan = plan(group("large", 0, 5, "16", "64Gi"), group("fitting", 0, 5, "4", "16Gi"));

    assertThat(plan.increases()).extracting(i -> i.group().name()).containsExactly("fitting");
    assertThat(plan.options())
        .extracting(option -> option.wastedCpu() + option.wastedMemory())
        .containsExactly(1.5, 0.0);
  }

  @Test
  void saysWhyNoGroupHelps() {
    waiting(1, Fixtures.spec("8", "1Gi"), "web");
    PodSpec picky =
        PodSpecBuilder.builder(Fixtures.spec("1", "1Gi"))
            .nodeSelector(ImmutableMap.of("disk", "ssd"))
            .build();
    waiting(1, picky, "picky");
    GroupState tired = group("c", 0, 5, "16", "64Gi");

    Plan plan =
        plan(
            group("a", 0, 5, "4", "64Gi"),
            group("b", 5, 5, "16", "64Gi"),
            new GroupState(tired.group(), 0, tired.template(), true, true),
            new GroupState(tired.group(), 0, tired.template(), false, false),
            group("d", 0, 5, "2", "64Gi"));

    assertThat(plan.chosen()).isNull();
    assertThat(plan.unhelped())
        .extracting(ScaleUpPlanner.Unhelped::message)
        .containsExactly(
            "pod didn't trigger scale-up: 2 Insufficient cpu,"
                + " 1 in backoff after failed scale-up, 1 max node group size reached,"
                + " 1 not ready for scale-up",
            "pod didn't trigger scale-up: 1 in backoff after failed scale-up,"
                + " 1 max node group size reached, 2 node(s) didn't match Pod's node"
                + " affinity/selector, 1 not ready for scale-up");
  }

  @Test
  void sharesBetweenGroupsThatAreAlike() {
    waiting(20, Fixtures.spec("4", "1Gi"), "web");
    ClusterAutoscalerOptions options =
        ClusterAutoscalerOptionsBuilder.builder(ClusterAutoscalerOptions.DEFAULT)
            .balanceSimilarNodeGroups(true)
            .expanders(ImmutableList.of(Expander.PRIORITY))
            .build();

    Plan plan =
        plan(
            options,
            group("a", 4, 50, "4", "64Gi"),
            group("b", 0, 50, "4", "64Gi"),
            group("c", 0, 3, "4", "64Gi"));

    // 24 nodes in all: c has its most, the others 11 and 10.
    assertThat(plan.increases().stream().mapToInt(i -> i.to() - i.from()).sum()).isEqualTo(20);
    assertThat(plan.increases()).extracting(Increase::toString).contains("{c 0->3 (max: 3)}");
  }

  @Test
  void alikeAreNodesThatDifferInTheirZonesOnly() {
    Node a = Fixtures.node("a", "4", "64Gi", "x");
    assertThat(SimilarNodes.similar(a, Fixtures.node("b", "4", "64Gi", "y"))).isTrue();
    assertThat(SimilarNodes.similar(a, Fixtures.node("b", "4", "63Gi", "x"))).isFalse();
    assertThat(SimilarNodes.similar(a, Fixtures.node("b", "5", "64Gi", "x"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    // the flag in seconds, the pod's annotation, what counts
    "0, '', 0",
    "0, 600s, 600",
    "60, 10s, 60",
    "60, 2m, 120",
    "60, soon, 60"
  })
  void waitsForAPodAsLongAsItAsksFor(long flag, String annotation, long seconds) {
    Pod pod = Fixtures.pod("patient", Fixtures.spec("1", "1Gi"));
    Pod annotated =
        annotation.isEmpty()
            ? pod
            : pod.withMetadata(
                ObjectMetaBuilder.builder(pod.metadata())
                    .annotations(ImmutableMap.of(ClusterAutoscaler.SCALE_UP_DELAY, annotation))
                    .build());
    ClusterAutoscalerOptions options =
        ClusterAutoscalerOptionsBuilder.builder(ClusterAutoscalerOptions.DEFAULT)
            .newPodScaleUpDelayNanos(flag * 1_000_000_000L)
            .build();

    assertThat(ClusterAutoscaler.scaleUpDelayNanos(annotated, options))
        .isEqualTo(seconds * 1_000_000_000L);
  }

  @Test
  void leavesGroupsThatFailedAloneForLongerEachTime() {
    long minute = 60_000_000_000L;
    NodeGroup group = new NodeGroup("a", 0, 1, 0, Distribution.ZERO, 1);
    Backoffs backoffs = new Backoffs();
    long now = 0;
    for (int minutes : new int[] {5, 10, 20, 30, 30}) {
      backoffs.failed(group, now);
      assertThat(backoffs.isBackingOff(group, now + minutes * minute - 1)).isTrue();
      now += minutes * minute;
      assertThat(backoffs.isBackingOff(group, now)).isFalse();
    }
    backoffs.failed(group, now + 181 * minute);
    assertThat(backoffs.nextNanos(now + 181 * minute)).isEqualTo(now + 186 * minute);
  }
}

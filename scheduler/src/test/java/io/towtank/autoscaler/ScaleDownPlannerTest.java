package io.towtank.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.Uid;
import io.towtank.autoscaler.ScaleDownPlanner.GroupNode;
import io.towtank.latency.Distribution;
import io.towtank.scheduler.Fixtures;
import io.towtank.scheduler.SchedulerConfiguration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleDownPlannerTest {
  private static final long MINUTE = 60_000_000_000L;
  private static final NodeGroup GROUP = new NodeGroup("a", 0, 10, 1, Distribution.ZERO, 10);
  private static final OwnerReference OWNER =
      new OwnerReference("apps/v1", "ReplicaSet", "web", Uid.of(1, 1), true, true, Fields.NONE);

  private final ClusterSnapshot snapshot = new ClusterSnapshot(SchedulerConfiguration.defaults());
  private final ScaleDownPlanner planner =
      new ScaleDownPlanner(snapshot, (pod, controller) -> 1, ClusterAutoscalerOptions.DEFAULT);
  private final List<GroupNode> nodes = new ArrayList<>();

  private void node(String name, String... cpus) {
    node(Fixtures.node(name, "4", "64Gi", "z"), cpus);
  }

  private void node(Node node, String... cpus) {
    snapshot.add(node);
    nodes.add(new GroupNode(node, GROUP));
    for (int i = 0; i < cpus.length; i++) {
      snapshot.add(pod(node.name() + "-" + i, cpus[i], node.name(), true));
    }
  }

  private static Pod pod(String name, String cpu, String node, boolean owned) {
    Pod pod = Fixtures.pod(name, Fixtures.spec(cpu, "1Gi"));
    return PodBuilder.builder(pod)
        .metadata(
            ObjectMetaBuilder.builder(pod.metadata())
                .ownerReferences(owned ? ImmutableList.of(OWNER) : ImmutableList.of())
                .build())
        .nodeName(node)
        .build();
  }

  private ImmutableList<String> unneeded(long nowNanos) {
    int before = snapshot.state().pods();
    planner.update(nodes, new Budgets(ImmutableList.of()), nowNanos);
    assertThat(snapshot.state().pods()).as("pods after it was tried").isEqualTo(before);
    assertThat(snapshot.state().nodeCount()).isEqualTo(nodes.size());
    return planner.unneeded().keySet().asList();
  }

  @Test
  void givesUpNodesThatAreLittleUsedAndWhosePodsFitElsewhere() {
    node("full", "3");
    node("half", "1", "1");
    node("little", "1");
    node("empty");

    // "half" is used to 0.5, which is not below the threshold.
    assertThat(unneeded(0)).containsExactly("empty", "little");
  }

  @ParameterizedTest
  @CsvSource({
    // of 4 CPUs: 1 of a ReplicaSet, 1 of a DaemonSet, 1 of a static pod
    "false, false, 0.75",
    "true, false, 0.6666666666666666",
    "false, true, 0.6666666666666666",
    "true, true, 0.5"
  })
  void whatIsOnEveryNodeCountsUnlessItIsIgnored(
      boolean daemonSets, boolean mirrorPods, double utilization) {
    node("n", "1");
    OwnerReference daemonSet =
        new OwnerReference("apps/v1", "DaemonSet", "log", Uid.of(1, 2), true, true, Fields.NONE);
    Pod daemon = pod("daemon", "1", "n", false);
    snapshot.add(
        daemon.withMetadata(
            ObjectMetaBuilder.builder(daemon.metadata())
                .ownerReferences(ImmutableList.of(daemonSet))
                .build()));
    Pod mirror = pod("mirror", "1", "n", false);
    snapshot.add(
        mirror.withMetadata(
            ObjectMetaBuilder.builder(mirror.metadata())
                .annotations(ImmutableMap.of("kubernetes.io/config.mirror", "hash"))
                .build()));
    ScaleDownPlanner ignoring =
        new ScaleDownPlanner(
            snapshot,
            (pod, controller) -> 1,
            ClusterAutoscalerOptionsBuilder.builder(ClusterAutoscalerOptions.DEFAULT)
                .ignoreDaemonSetsUtilization(daemonSets)
                .ignoreMirrorPodsUtilization(mirrorPods)
                .build());
    assertThat(ignoring.utilization(snapshot.row("n"))).isEqualTo(utilization);
  }

  @Test
  void goesByGpusWhereThereAreAny() {
    Node node = Fixtures.node("gpus", "4", "64Gi", "z");
    ImmutableMap<String, Quantity> offered =
        ImmutableMap.<String, Quantity>builder()
            .putAll(node.status().allocatable())
            .put("nvidia.com/gpu", Quantity.of(4))
            .buildOrThrow();
    Node withGpus =
        NodeBuilder.builder(node)
            .status(NodeStatusBuilder.builder(node.status()).allocatable(offered).build())
            .build();
    node("full", "2");
    // Hardly a GPU is used, but most of its CPUs.
    node(withGpus, "3");

    assertThat(planner.utilization(snapshot.row("gpus"))).isZero();
    assertThat(planner.utilization(snapshot.row("full"))).isEqualTo(0.5);
  }

  @Test
  void takesNoRoomTwice() {
    node("full", "2");
    node("one", "1500m");
    node("two", "1500m");

    // One of the two can go to "full" or to the other; then there is no room for that one.
    assertThat(unneeded(0)).containsExactly("one");
  }

  @Test
  void remembersSinceWhen() {
    node("full", "2");
    node("little", "1");
    unneeded(3 * MINUTE);
    unneeded(9 * MINUTE);

    assertThat(planner.removable(13 * MINUTE - 1, ImmutableMap.of(GROUP, 5))).isEmpty();
    // Its Ready condition is not there: it counts as not ready and stays for 20 minutes.
    assertThat(planner.removable(23 * MINUTE - 1, ImmutableMap.of(GROUP, 5))).isEmpty();
    assertThat(planner.removable(23 * MINUTE, ImmutableMap.of(GROUP, 5))).hasSize(1);
    assertThat(planner.removable(23 * MINUTE, ImmutableMap.of(GROUP, 0))).isEmpty();
  }

  @Test
  void looksAgainAfterFiveMinutesAtWhatCouldNotGo() {
    node("full", "2");
    node("blocked");
    Pod bare = pod("bare", "1", "blocked", false);
    snapshot.add(bare);
    assertThat(unneeded(0)).isEmpty();
    assertThat(planner.nextRecheckNanos()).isEqualTo(5 * MINUTE);

    snapshot.forget(bare);
    assertThat(unneeded(4 * MINUTE)).isEmpty();
    assertThat(unneeded(5 * MINUTE)).containsExactly("blocked");
  }

  @Test
  void leavesNodesAloneThatAreMarked() {
    Node kept = Fixtures.node("kept", "4", "64Gi", "z");
    node(
        kept.withMetadata(
            ObjectMetaBuilder.builder(kept.metadata())
                .annotations(ImmutableMap.of(ScaleDownPlanner.DISABLED, "true"))
                .build()));

    assertThat(unneeded(0)).isEmpty();
  }
}

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
import io.towtank.api.PodDisruptionBudget;
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
  private static final long EPOCH = 1_700_000_000_000_000_000L;
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

  private static Node kept(Node node) {
    return node.withMetadata(
        ObjectMetaBuilder.builder(node.metadata())
            .annotations(ImmutableMap.of(ScaleDownPlanner.DISABLED, "true"))
            .build());
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
    return unneeded(nowNanos, ImmutableList.of());
  }

  private ImmutableList<String> unneeded(
      long nowNanos, ImmutableList<PodDisruptionBudget> budgets) {
    int before = snapshot.state().pods();
    planner.update(nodes, new Budgets(budgets), nowNanos, EPOCH + nowNanos);
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
  void podsThatAreBeingDeletedHaveTheirTimeBeforeTheyCountAsGone() {
    node("full", "3");
    node("ending");
    Pod pod = pod("ending-0", "3", "ending", true);
    // To be gone at 1 minute; its time of grace, of 30 s, and half a minute more are waited for.
    snapshot.add(
        pod.withMetadata(
            ObjectMetaBuilder.builder(pod.metadata()).deletionTimestamp(EPOCH + MINUTE).build()));

    assertThat(unneeded(0)).isEmpty();
    assertThat(planner.utilization(snapshot.row("ending"))).isEqualTo(0.75);
    assertThat(planner.nextRecheckNanos()).isEqualTo(2 * MINUTE + 1);
    assertThat(unneeded(2 * MINUTE)).isEmpty();
    assertThat(unneeded(2 * MINUTE + 1)).containsExactly("ending");
    assertThat(planner.unneeded().get("ending"))
        .extracting(ScaleDownPlanner.Unneeded::isEmpty)
        .isEqualTo(true);
    assertThat(planner.utilization(snapshot.row("ending"))).isZero();
    assertThat(planner.nextRecheckNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aLittleUsedNodeIsNotEmptyWhilePodsEndOnIt() {
    node("full", "3500m");
    node("ending");
    Pod pod = pod("ending-0", "1", "ending", true);
    snapshot.add(
        pod.withMetadata(
            ObjectMetaBuilder.builder(pod.metadata()).deletionTimestamp(EPOCH + MINUTE).build()));

    // Another would have to find room, as for any pod that goes.
    assertThat(unneeded(0)).isEmpty();
    node("spare", "2500m");
    assertThat(unneeded(5 * MINUTE - 1)).isEmpty();
    assertThat(unneeded(5 * MINUTE)).containsExactly("ending");
  }

  @Test
  void aBudgetMayLetPodsGoOneAfterAnotherButSuchNodesGoLast() {
    node(kept(Fixtures.node("big", "64", "640Gi", "z")));
    node("two", "500m", "500m");
    node("other", "500m");
    PodDisruptionBudget one = DrainRulesTest.budget("default", 1);
    for (int i = 0; i < 2; i++) {
      Pod pod = pod("two-" + i, "500m", "two", true);
      snapshot.add(
          pod.withMetadata(
              ObjectMetaBuilder.builder(pod.metadata())
                  .labels(ImmutableMap.of("app", "a"))
                  .build()));
    }

    assertThat(unneeded(0, ImmutableList.of(one))).containsExactly("two", "other");
    assertThat(
            planner.removable(20 * MINUTE, ImmutableMap.of(GROUP, 5)).stream()
                .map(node -> node.node().name() + (node.risky() ? ", risky" : "")))
        .containsExactly("other", "two, risky");
  }

  @Test
  void emptyNodesComeBeforeThoseThatWereUnneededBefore() {
    node("full", "2");
    node("little", "1");
    assertThat(unneeded(0)).containsExactly("little");
    node("empty");

    assertThat(unneeded(MINUTE)).containsExactly("empty", "little");
    assertThat(planner.removable(30 * MINUTE, ImmutableMap.of(GROUP, 1)))
        .singleElement()
        .satisfies(node -> assertThat(node.node().name()).isEqualTo("empty"));
  }

  @Test
  void leavesNodesAloneThatAreMarked() {
    node(kept(Fixtures.node("kept", "4", "64Gi", "z")));

    assertThat(unneeded(0)).isEmpty();
  }
}

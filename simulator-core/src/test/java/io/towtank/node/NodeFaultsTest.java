package io.towtank.node;

import static io.towtank.node.TestCluster.SECOND;
import static io.towtank.node.TestCluster.START;
import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.Lease;
import io.towtank.api.NodeCondition;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What nodes do while something is wrong with them. */
class NodeFaultsTest {
  private static final String NODE = "node-00000";
  private static final ImmutableList<String> NODES = ImmutableList.of(NODE);

  private final TestCluster cluster = TestCluster.of(TestCluster.fixed());

  private Lease lease() {
    return Objects.requireNonNull(
        cluster.store.get(Kinds.LEASE, HollowKubelets.LEASE_NAMESPACE, NODE));
  }

  /** Seconds since the start at which the lease tells that it was renewed; -1 for all the time. */
  private double renewed() {
    long renewed = lease().spec() == null ? 0 : lease().spec().renewTime();
    return renewed == Timestamps.NONE ? -1 : (renewed - START) / 1e9;
  }

  private NodeCondition ready() {
    return Objects.requireNonNull(cluster.node(NODE).condition("Ready"));
  }

  private List<String> logFrom(int index) {
    return List.copyOf(cluster.log.subList(index, cluster.log.size()));
  }

  private void runningPod(String name) {
    cluster.run(name, NODE, spec(container("app", "nginx")));
    cluster.until(60);
  }

  // Cut off

  @Test
  void whoIsCutOffTellsNothingAndHearsNothing() {
    cluster.nodes(1);
    runningPod("a");
    int before = cluster.log.size();
    cluster.kubelets.isolate(NODES, false);
    cluster.until(70);
    assertThat(renewed()).isBetween(50.0, 60.0);
    assertThat(cluster.kubelets.isReachable(NODE)).isFalse();
    assertThat(cluster.kubelets.isAlive(NODE)).isTrue();

    cluster.kubelets.crashContainers(cluster.pod("a"), "app", 7);
    cluster.run("b", NODE, spec(container("app", "nginx")));
    cluster.until(200);
    assertThat(logFrom(before)).isEmpty();
    cluster.delete("a");
    cluster.until(300);
    assertThat(logFrom(before)).isEmpty();

    cluster.kubelets.rejoin(NODES, false);
    cluster.untilIdle();
    assertThat(renewed()).isEqualTo(-1);
    assertThat(logFrom(before))
        .containsExactly(
            // The container was started again after its crash, while nobody heard of it.
            "300.000 b Pending app:ContainerCreating [IP]",
            "300.000 a Running app:running!*1 [SIRCP]",
            "305.000 a Succeeded app:Completed(0)*1 [IP]",
            "305.000 b Running app:running! [SIRCP]",
            "305.000 a deleted");
  }

  @Test
  void whatWasDeletedUnseenIsStoppedWhenItIsLearnt() {
    cluster.nodes(1);
    runningPod("a");
    cluster.kubelets.isolate(NODES, false);
    cluster.forceDelete("a");
    cluster.until(120);
    assertThat(cluster.kubelets.podsOn(NODE)).extracting(Pod::name).containsExactly("a");
    cluster.kubelets.rejoin(NODES, false);
    cluster.untilIdle();
    assertThat(cluster.kubelets.podsOn(NODE)).isEmpty();
  }

  @Test
  void twoCausesHaveBothToEnd() {
    cluster.nodes(1);
    runningPod("a");
    cluster.kubelets.isolate(NODES, false);
    cluster.kubelets.isolate(NODES, true);
    cluster.kubelets.rejoin(NODES, true);
    assertThat(cluster.kubelets.isReachable(NODE)).isFalse();
    cluster.kubelets.rejoin(NODES, false);
    assertThat(cluster.kubelets.isReachable(NODE)).isTrue();
    cluster.kubelets.rejoin(NODES, false);
    assertThat(cluster.kubelets.isReachable(NODE)).isTrue();
  }

  @Test
  void aNodeThatBootsWhileItIsCutOffWaitsToHearOfItsPods() {
    cluster.nodes(1);
    runningPod("a");
    int before = cluster.log.size();
    cluster.kubelets.isolate(NODES, false);
    cluster.faults.fail(NODES);
    cluster.until(100);
    cluster.faults.restore(NODES);
    cluster.until(200);
    assertThat(logFrom(before)).isEmpty();
    cluster.kubelets.rejoin(NODES, false);
    cluster.untilIdle();
    assertThat(cluster.log).last().asString().endsWith("a Running app:running!*1 [SIRCP]");
    assertThat(renewed()).isEqualTo(-1);
  }

  @Test
  void aKubeletThatHangsStartsNothing() {
    cluster.nodes(1);
    runningPod("a");
    long started = cluster.recorder.counter("kubelet/containersStarted")[0];
    cluster.kubelets.isolate(NODES, true);
    cluster.kubelets.crashContainers(cluster.pod("a"), "app", 1);
    cluster.until(300);
    assertThat(cluster.recorder.counter("kubelet/containersStarted")[0]).isEqualTo(started);
    cluster.kubelets.rejoin(NODES, true);
    cluster.untilIdle();
    assertThat(cluster.recorder.counter("kubelet/containersStarted")[0]).isEqualTo(started + 1);
    assertThat(cluster.log).last().asString().endsWith("a Running app:running!*1 [SIRCP]");
  }

  @Test
  void whoCannotBeStartedAfterAHangKeepsNobodyElseWaiting() {
    cluster.nodes(1);
    cluster.until(10);
    cluster.run("web", NODE, spec(container("app", "Nginx"), container("log", "log")));
    cluster.until(11);
    cluster.kubelets.isolate(NODES, true);
    cluster.until(60);
    cluster.kubelets.rejoin(NODES, true);
    cluster.until(120);
    assertThat(cluster.log)
        .last()
        .asString()
        .contains("app:InvalidImageName")
        .contains("log:running");
  }

  // Clocks

  @Test
  void aClockThatIsSetBackRenewsNoLeaseUntilItHasCaughtUp() {
    cluster.nodes(1);
    cluster.until(60);
    cluster.kubelets.setClocks(NODES, -100 * SECOND);
    cluster.until(61);
    double last = renewed();
    assertThat(last).isBetween(50.0, 60.0);
    cluster.until(last + 99);
    assertThat(renewed()).isEqualTo(last);
    cluster.until(last + 101);
    assertThat(renewed()).isEqualTo(-1);
  }

  @Test
  void aClockThatWasAheadRenewsNoLeaseAfterItIsPutRight() {
    cluster.nodes(1);
    cluster.until(60);
    cluster.kubelets.setClocks(NODES, 300 * SECOND);
    cluster.until(100);
    assertThat(renewed()).isEqualTo(-1);
    cluster.kubelets.setClocks(NODES, -300 * SECOND);
    cluster.until(110);
    double last = renewed();
    assertThat(last).isBetween(390.0, 400.0);
    cluster.until(last + 1);
    assertThat(renewed()).isEqualTo(-1);
  }

  @Test
  void whatAKubeletWritesBearsItsClocksTime() {
    cluster.nodes(1);
    cluster.until(1);
    cluster.kubelets.setClocks(NODES, 3600 * SECOND);
    cluster.run("a", NODES.get(0), spec(container("app", "nginx")));
    cluster.untilIdle();
    assertThat(cluster.pod("a").status().startTime()).isEqualTo(START + 3601 * SECOND);
  }

  @Test
  void deadlinesAreCountedByTheNodesClock() {
    cluster.nodes(1);
    cluster.run(
        "a",
        NODE,
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .activeDeadlineSeconds(1000L)
            .build());
    cluster.until(60);
    cluster.kubelets.setClocks(NODES, 900 * SECOND);
    cluster.untilIdle();
    assertThat(cluster.log).last().asString().startsWith("105.000 a Failed/DeadlineExceeded");
  }

  // Disks and images

  @Test
  void slowDisksTakeLonger() {
    cluster.nodes(1);
    cluster.kubelets.slowDisks(NODES, 3);
    cluster.run("a", NODE, spec(container("app", "nginx")));
    cluster.untilIdle();
    // Sandbox 2 s and container 3 s three times as long, 10 s of pulling also; ready after 4 s.
    String slow = cluster.log.get(cluster.log.size() - 1);
    cluster.kubelets.slowDisks(NODES, 1 / 3.0);
    cluster.run("b", NODE, spec(container("app", "redis")));
    long from = cluster.simulation.nanos();
    cluster.untilIdle();
    double fast = (cluster.simulation.nanos() - from) / 1e9;
    double slowSeconds = Double.parseDouble(slow.substring(0, slow.indexOf(' ')));
    assertThat(slowSeconds).isGreaterThan(fast + 2 * 5);
  }

  @Test
  void onlyTheImagesOfTheRegistryThatIsDownCannotBeHad() {
    cluster.nodes(1);
    Runnable back = cluster.kubelets.failRegistry(image -> image.contains("nginx"), false);
    cluster.run("a", NODE, spec(container("app", "nginx")));
    cluster.run("b", NODE, spec(container("app", "redis")));
    cluster.until(60);
    assertThat(cluster.log).anyMatch(line -> line.contains(" b Running"));
    assertThat(cluster.log).anyMatch(line -> line.contains(" a Pending app:ImagePullBackOff"));
    cluster.until(2000);
    back.run();
    cluster.untilIdle();
    assertThat(cluster.log).last().asString().contains("a Running app:running! [SIRCP]");
  }

  // Crashes

  @Test
  void containersCrashAndAreStartedAgain() {
    cluster.nodes(1);
    runningPod("a");
    int before = cluster.log.size();
    assertThat(cluster.kubelets.crashContainers(cluster.pod("a"), "other", 1)).isZero();
    assertThat(cluster.kubelets.crashContainers(cluster.pod("a"), "app", 139)).isEqualTo(1);
    cluster.until(90);
    assertThat(cluster.kubelets.crashContainers(cluster.pod("a"), "*", 139)).isEqualTo(1);
    cluster.untilIdle();
    assertThat(logFrom(before)).filteredOn(line -> line.contains("app:Error(139)")).hasSize(1);
    assertThat(logFrom(before))
        .filteredOn(line -> line.contains("app:CrashLoopBackOff"))
        .hasSize(1);
    assertThat(cluster.log).last().asString().endsWith("a Running app:running!*2 [SIRCP]");
  }

  @Test
  void whoCrashesAgainAndAgainWaitsLongerEachTimeThoughItRunsWellBetween() {
    cluster.nodes(1);
    runningPod("a");
    List<Integer> waits = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int at = 300 * (i + 1);
      cluster.until(at);
      cluster.kubelets.crashContainers(cluster.pod("a"), "app", 1);
      int wait = 0;
      while (!cluster.pod("a").isReady() || wait == 0) {
        cluster.until(at + ++wait);
      }
      waits.add(wait / 10 * 10);
    }
    assertThat(waits).containsExactly(0, 10, 20, 40);
    // Ten minutes later all is forgotten.
    cluster.until(2000);
    cluster.kubelets.crashContainers(cluster.pod("a"), "app", 1);
    cluster.until(2005);
    assertThat(cluster.pod("a").isReady()).isTrue();
  }

  // Shutdown

  private void shutDownWithTwoPods() {
    cluster.nodes(1);
    cluster.run("a", NODE, spec(container("app", "nginx")));
    cluster.run(
        "critical",
        NODE,
        PodSpecBuilder.builder(spec(container("app", "redis"))).priority(2_000_000_000).build());
    cluster.until(60);
    cluster.kubelets.shutDown(NODES, 30 * SECOND, 10 * SECOND);
  }

  @Test
  void aShutdownEndsCriticalPodsLast() {
    shutDownWithTwoPods();
    cluster.untilIdle();
    assertThat(cluster.log)
        .endsWith(
            "65.000 a Failed/Terminated app:Completed(0) [IP+DisruptionTarget]",
            "70.000 critical Failed/Terminated app:Completed(0) [IP+DisruptionTarget]");
    assertThat(cluster.pod("a").status().message())
        .isEqualTo("Pod was terminated in response to imminent node shutdown.");
    PodCondition target =
        cluster.pod("a").status().conditions().stream()
            .filter(condition -> condition.type().equals("DisruptionTarget"))
            .findFirst()
            .orElseThrow();
    assertThat(target.reason()).isEqualTo("TerminationByKubelet");
    assertThat(cluster.kubelets.isAlive(NODE)).isFalse();
    NodeCondition ready = ready();
    assertThat(ready.status() + " " + ready.reason() + ": " + ready.message())
        .isEqualToIgnoringCase("False KubeletNotReady: node is shutting down");
  }

  @Test
  void aNodeThatShutsDownTakesNoPods() {
    shutDownWithTwoPods();
    cluster.run("late", NODE, spec(container("app", "nginx")));
    cluster.untilIdle();
    assertThat(cluster.pod("late").status().reason()).isEqualTo("NodeShutdown");
    assertThat(cluster.pod("late").status().message())
        .isEqualTo("Pod was rejected: Pod was rejected as the node is shutting down.");
  }

  @Test
  void whoDoesNotEndInTimeIsCutShort() {
    cluster.nodes(1);
    cluster.run(
        "slow",
        NODE,
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .terminationGracePeriodSeconds(600L)
            .build());
    cluster.until(60);
    // 5 s are too much for the 3 s that are left to pods that are not critical.
    cluster.kubelets.shutDown(NODES, 4 * SECOND, SECOND);
    cluster.untilIdle();
    assertThat(cluster.log)
        .last()
        .asString()
        .contains("63.000 slow Failed/Terminated app:Error(137)");
  }

  @Test
  void aNodeThatWasShutDownBootsWithoutItsPods() {
    shutDownWithTwoPods();
    cluster.until(120);
    cluster.faults.restore(NODES);
    cluster.run("next", NODE, spec(container("app", "nginx")));
    cluster.untilIdle();
    assertThat(cluster.pod("next").status().phase()).hasToString("Running");
    NodeCondition ready = ready();
    assertThat(ready.reason()).isEqualTo("KubeletReady");
    assertThat(cluster.pod("a").status().reason()).isEqualTo("Terminated");
  }

  @Test
  void namesOfNodesThatDoNotExistArePassedOver() {
    ImmutableList<String> nobody = ImmutableList.of("nobody");
    cluster.nodes(1);
    cluster.kubelets.isolate(nobody, true);
    cluster.kubelets.rejoin(nobody, true);
    cluster.kubelets.slowDisks(nobody, 2);
    cluster.kubelets.setClocks(nobody, SECOND);
    cluster.kubelets.shutDown(nobody, SECOND, 0);
    assertThat(cluster.kubelets.isReachable("nobody")).isFalse();
    cluster.untilIdle();
    assertThat(ImmutableMap.of(NODE, cluster.kubelets.isReachable(NODE))).containsEntry(NODE, true);
  }
}

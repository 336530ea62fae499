package io.towtank.controllers.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetSpecBuilder;
import io.towtank.api.DaemonSetStatus;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.history.Revision;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** DaemonSets in a small cluster. */
class DaemonSetControllerTest {
  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.INSTANT).with(DaemonSetController::new).start();

  private void nodes(int count) {
    for (int i = 0; i < count; i++) {
      node("n" + i, i % 2 == 0 ? "even" : "odd");
    }
  }

  private void node(String name, String kind) {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'Node',
         'metadata': {'name': '%s', 'labels': {'kind': '%s'}}}
        """
            .formatted(name, kind));
  }

  private static String daemonSet(String image, String more, String spec) {
    return """
    {'apiVersion': 'apps/v1', 'kind': 'DaemonSet',
     'metadata': {'name': 'd', 'namespace': 'default'},
     'spec': {%2$s 'selector': {'matchLabels': {'app': 'd'}},
      'template': {'metadata': {'labels': {'app': 'd'}},
       'spec': {%3$s 'containers': [{'name': 'c', 'image': '%1$s'}]}}}}
    """
        .formatted(image, more, spec);
  }

  private void create(String more, String spec) {
    cluster.create(daemonSet("a", more, spec));
    cluster.settle();
  }

  private void setImage(String image, String spec) {
    DaemonSet other = (DaemonSet) TestCluster.read(daemonSet(image, "", spec));
    cluster.change(
        Kinds.DAEMON_SET,
        "d",
        d ->
            d.withSpec(
                DaemonSetSpecBuilder.builder(d.spec()).template(other.spec().template()).build()));
  }

  private void taint(String name, String key, String effect) {
    cluster.change(
        Kinds.NODE,
        name,
        n ->
            n.withSpec(
                NodeSpecBuilder.builder(n.spec())
                    .taints(
                        ImmutableList.of(
                            new Taint(key, null, effect, Timestamps.NONE, Fields.NONE)))
                    .build()));
  }

  /** Which image runs on which node. */
  private List<String> pods() {
    return cluster.activePods().stream()
        .map(pod -> pod.nodeName() + " " + pod.spec().containers().getFirst().image())
        .sorted()
        .toList();
  }

  private DaemonSetStatus status() {
    return cluster.get(Kinds.DAEMON_SET, "d").status();
  }

  private void assertStatus(int desired, int current, int misscheduled, int ready, int updated) {
    DaemonSetStatus status = status();
    assertThat(
            List.of(
                status.desiredNumberScheduled(),
                status.currentNumberScheduled(),
                status.numberMisscheduled(),
                status.numberReady(),
                status.updatedNumberScheduled(),
                status.numberUnavailable()))
        .containsExactly(desired, current, misscheduled, ready, updated, desired - ready);
    assertThat(status.observedGeneration())
        .isEqualTo(cluster.get(Kinds.DAEMON_SET, "d").metadata().generation());
  }

  @Test
  void runsOnEveryNodeAndOnThoseThatCome() {
    nodes(3);
    create("", "");
    assertThat(pods()).containsExactly("n0 a", "n1 a", "n2 a");
    assertStatus(3, 3, 0, 3, 3);
    node("n3", "odd");
    cluster.settle();
    assertThat(pods()).containsExactly("n0 a", "n1 a", "n2 a", "n3 a");
    Pod pod = cluster.activePods().getFirst();
    assertThat(pod.spec().tolerations()).hasSize(6);
    assertThat(pod.name()).startsWith("d-");
    assertThat(pod.metadata().labels()).containsKey("controller-revision-hash");
  }

  @Test
  void runsOnlyWhereNodesMatch() {
    nodes(4);
    create("", "'nodeSelector': {'kind': 'even'},");
    assertThat(pods()).containsExactly("n0 a", "n2 a");
    cluster.change(
        Kinds.NODE,
        "n0",
        n ->
            n.withMetadata(
                ObjectMetaBuilder.builder(n.metadata())
                    .labels(ImmutableMap.of("kind", "odd"))
                    .build()));
    cluster.settle();
    assertThat(pods()).containsExactly("n2 a");
    assertStatus(1, 1, 0, 1, 1);
  }

  @Test
  void leavesNodesWhoseTaintsDriveItAwayAndStaysWhereTheyOnlyKeepOut() {
    nodes(3);
    create("", "");
    taint("n0", "dedicated", "NoSchedule");
    taint("n1", "dedicated", "NoExecute");
    taint("n2", "node.kubernetes.io/unreachable", "NoExecute");
    cluster.settle();
    assertThat(pods()).containsExactly("n0 a", "n2 a");
    assertStatus(1, 1, 1, 1, 1);
    for (Pod pod : cluster.activePods()) {
      cluster.delete(Kinds.POD, pod.name(), DeleteOptions.DEFAULT);
    }
    cluster.settle();
    assertThat(pods()).containsExactly("n2 a");
  }

  @Test
  void updatesAsManyAtOnceAsMayBeUnavailable() {
    nodes(10);
    create("'updateStrategy': {'rollingUpdate': {'maxUnavailable': '25%', 'maxSurge': 0}},", "");
    int[] fewest = {10};
    cluster.store.addCommitListener(
        (previous, current, revision) -> fewest[0] = Math.min(fewest[0], ready()));
    setImage("b", "");
    cluster.settle();
    assertThat(fewest[0]).isEqualTo(7);
    assertThat(pods()).hasSize(10).allMatch(pod -> pod.endsWith(" b"));
    assertStatus(10, 10, 0, 10, 10);
  }

  private int ready() {
    return (int)
        cluster.activePods().stream()
            .filter(pod -> pod.status().phase() == PodPhase.RUNNING)
            .count();
  }

  @Test
  void surgesOnNodesBeforeTheOldPodGoes() {
    nodes(6);
    create("'updateStrategy': {'rollingUpdate': {'maxUnavailable': 0, 'maxSurge': 2}},", "");
    int[] fewest = {6};
    int[] most = {0};
    cluster.store.addCommitListener((previous, current, revision) -> {
      fewest[0] = Math.min(fewest[0], ready());
      most[0] = Math.max(most[0], cluster.activePods().size());
    });
    setImage("b", "");
    cluster.settle();
    assertThat(fewest[0]).isEqualTo(6);
    assertThat(most[0]).isEqualTo(8);
    assertThat(pods()).containsExactly("n0 b", "n1 b", "n2 b", "n3 b", "n4 b", "n5 b");
  }

  @Test
  void aPodThatDoesNotGetReadyHoldsTheUpdateUp() {
    nodes(5);
    create("", "");
    cluster.healthy = pod -> !"b".equals(pod.spec().containers().getFirst().image());
    setImage("b", "");
    cluster.settle();
    assertThat(pods().stream().filter(pod -> pod.endsWith(" b"))).hasSize(1);
    setImage("a", "");
    cluster.settle();
    assertThat(pods()).hasSize(5).allMatch(pod -> pod.endsWith(" a"));
    assertThat(cluster.store.list(Revision.KIND)).hasSize(2);
  }

  @Test
  void updatesWhatIsDeletedWhereThatIsTheStrategy() {
    nodes(2);
    create("'updateStrategy': {'type': 'OnDelete'},", "");
    setImage("b", "");
    cluster.settle();
    assertThat(pods()).containsExactly("n0 a", "n1 a");
    assertStatus(2, 2, 0, 2, 0);
    Pod pod =
        cluster.activePods().stream()
            .filter(p -> "n1".equals(p.nodeName()))
            .findFirst()
            .orElseThrow();
    cluster.delete(Kinds.POD, pod.name(), DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(pods()).containsExactly("n0 a", "n1 b");
  }

  @Test
  void waitsLongerEachTimeAPodFails() {
    nodes(1);
    create("", "");
    List<Long> createdAt = new ArrayList<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (previous == null && current instanceof Pod) {
        createdAt.add(cluster.simulation.nanos());
      }
    });
    cluster.startNanos = 0;
    cluster.stopNanos = 0;
    for (int i = 0; i < 5; i++) {
      cluster.end(cluster.activePods().getFirst(), PodPhase.FAILED);
      cluster.simulation.run(new StopCondition.Idle());
    }
    List<Long> seconds = new ArrayList<>();
    for (int i = 1; i < createdAt.size(); i++) {
      seconds.add((createdAt.get(i) - createdAt.get(i - 1)) / TestCluster.SECOND);
    }
    assertThat(seconds).containsExactly(1L, 2L, 4L, 8L);
  }

  @Test
  void createsAtMost250ASync() {
    nodes(600);
    TreeMap<Long, Integer> created = new TreeMap<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (previous == null && current instanceof Pod) {
        created.merge(cluster.recorder.counter("daemonset-controller/syncs")[0], 1, Integer::sum);
      }
    });
    create("", "");
    assertThat(created.values()).containsExactly(250, 250, 100);
    assertStatus(600, 600, 0, 600, 600);
  }

  @Test
  void becomesAvailableByWaiting() {
    nodes(2);
    create("'minReadySeconds': 20,", "");
    assertThat(status().numberAvailable()).isEqualTo(2);
    assertThat(cluster.simulation.nanos())
        .isBetween(20 * TestCluster.SECOND, 23 * TestCluster.SECOND);
  }

  @Test
  void keepsAsManyRevisionsAsTheLimitSays() {
    nodes(2);
    create("'revisionHistoryLimit': 1,", "");
    for (String image : List.of("b", "c", "d")) {
      setImage(image, "");
      cluster.settle();
    }
    assertThat(cluster.store.list(Revision.KIND).stream().map(r -> new Revision(r).number()))
        .containsExactlyInAnyOrder(3L, 4L);
  }

  @Test
  void aHeartbeatWakesNobody() {
    nodes(3);
    create("", "");
    long before = cluster.recorder.counter("daemonset-controller/syncs")[0];
    for (int i = 0; i < 100; i++) {
      cluster.store.updateStatus(cluster.get(Kinds.NODE, "n" + i % 3));
      cluster.settle();
    }
    assertThat(cluster.recorder.counter("daemonset-controller/syncs")[0]).isEqualTo(before);
  }
}

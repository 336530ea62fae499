package io.towtank.controllers.podgc;

import static io.towtank.controllers.nodelifecycle.HollowCluster.name;
import static io.towtank.controllers.nodelifecycle.HollowCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.controllers.nodelifecycle.HollowCluster;
import io.towtank.controllers.nodelifecycle.NodeLifecycleController;
import io.towtank.controllers.nodelifecycle.NodeLifecycleOptions;
import io.towtank.controllers.workload.PodConditions;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which pods are collected, and when. */
class PodGarbageCollectorTest {
  private static HollowCluster cluster(int threshold) {
    return new HollowCluster(LatencyProfile.INSTANT)
        .with("nodes", c -> new NodeLifecycleController(c, NodeLifecycleOptions.DEFAULT))
        .with("podgc", c -> new PodGarbageCollector(c, threshold))
        .start(3);
  }

  @Test
  void podsOfADeletedNodeGoAfterAQuarantine() {
    HollowCluster cluster = cluster(0);
    List<PodCondition> conditions = new ArrayList<>();
    List<PodPhase> phases = new ArrayList<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (previous instanceof Pod pod && current == null) {
        conditions.add(pod.status().condition(PodConditions.DISRUPTION_TARGET));
        phases.add(pod.status().phase());
      }
    });
    cluster.run("orphan", 1);
    cluster.run("other", 2);
    cluster.until(105);
    cluster.faults.delete(ImmutableList.of(name(1)));
    cluster.until(159);
    assertThat(cluster.exists("orphan")).isTrue();
    // Missed at 120 s, believed at 160 s.
    cluster.until(161);
    assertThat(cluster.exists("orphan")).isFalse();
    assertThat(cluster.exists("other")).isTrue();
    assertThat(phases).containsExactly(PodPhase.FAILED);
    assertThat(conditions).extracting(PodCondition::reason).containsExactly("DeletionByPodGC");
  }

  @Test
  void aNodeThatIsMadeAgainInTimeKeepsItsPods() {
    HollowCluster cluster = cluster(0);
    cluster.run("web", 1);
    cluster.until(105);
    Node node = cluster.node(1);
    cluster.store.delete(Kinds.NODE, null, name(1), DeleteOptions.DEFAULT);
    cluster.until(130);
    cluster.store.create(node.withResourceVersion(0));
    cluster.untilIdle();
    assertThat(cluster.exists("web")).isTrue();
    assertThat(cluster.pod("web").status().phase()).isEqualTo(PodPhase.RUNNING);
  }

  @Test
  void aPodOnANodeThatNeverWasGoesToo() {
    HollowCluster cluster = cluster(0);
    cluster.until(5);
    cluster.run("lost", 99);
    cluster.untilIdle();
    assertThat(cluster.exists("lost")).isFalse();
    assertThat(cluster.simulation.nanos()).isEqualTo(60 * HollowCluster.SECOND);
  }

  @Test
  void theOldestOfTooManyThatHaveEndedGo() {
    HollowCluster cluster = cluster(3);
    for (int i = 0; i < 6; i++) {
      cluster.run("p" + i, 1);
      cluster.until(i + 1);
    }
    // They end in another order than they were made.
    for (int i : new int[] {5, 0, 3, 1, 2, 4}) {
      Pod pod = cluster.pod("p" + i);
      cluster.store.updateStatus(
          pod.withStatus(
              PodStatusBuilder.builder(pod.status())
                  .phase(i == 5 ? PodPhase.FAILED : PodPhase.SUCCEEDED)
                  .reason(i == 5 ? "Evicted" : null)
                  .build()));
    }
    cluster.until(60);
    assertThat(cluster.store.list(Kinds.POD))
        .extracting(Pod::name)
        .containsExactly("p2", "p3", "p4");
  }

  @Test
  void aPodThatIsToGoAndWasNeverBoundGoes() {
    HollowCluster cluster = cluster(0);
    Pod pod = cluster.create("held", spec(ImmutableList.of()));
    cluster.store.update(
        pod.withMetadata(
            ObjectMetaBuilder.builder(pod.metadata())
                .finalizers(ImmutableList.of("example.com/x"))
                .build()));
    cluster.until(5);
    cluster.store.delete(Kinds.POD, "default", "held", DeleteOptions.DEFAULT);
    cluster.until(30);
    // A finalizer holds it, but it counts as failed.
    assertThat(cluster.pod("held").status().phase()).isEqualTo(PodPhase.FAILED);
    cluster.untilIdle();
    assertThat(cluster.simulation.nanos()).isLessThan(60 * HollowCluster.SECOND);
  }

  @Test
  void podsThatHangOnANodeOutOfServiceAreForcedAway() {
    HollowCluster cluster = cluster(0);
    cluster.run("web", 1);
    cluster.run("other", 1);
    cluster.until(100);
    cluster.faults.fail(ImmutableList.of(name(1)));
    cluster.store.delete(Kinds.POD, "default", "web", DeleteOptions.DEFAULT);
    cluster.until(200);
    assertThat(cluster.exists("web")).isTrue();
    Node node = cluster.node(1);
    cluster.store.update(
        node.withSpec(
            NodeSpecBuilder.builder(node.spec())
                .taints(
                    ImmutableList.<Taint>builder()
                        .addAll(node.spec().taints())
                        .add(
                            new Taint(
                                PodGarbageCollector.OUT_OF_SERVICE,
                                "nodeshutdown",
                                "NoExecute",
                                Timestamps.NONE,
                                Fields.NONE))
                        .build())
                .build()));
    cluster.until(230);
    assertThat(cluster.exists("web")).isFalse();
    assertThat(cluster.exists("other")).isTrue();
  }

  @Test
  void nothingToCollectIsNoWork() {
    HollowCluster cluster = cluster(12_500);
    cluster.run("web", 1);
    cluster.until(60);
    long before = cluster.simulation.events();
    cluster.until(24 * 3600);
    assertThat(cluster.simulation.events()).isEqualTo(before);
  }
}

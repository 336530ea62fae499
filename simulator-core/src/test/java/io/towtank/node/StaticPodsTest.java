package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import org.junit.jupiter.api.Test;

/** Pods that nodes run by themselves, and their mirrors in the API. */
class StaticPodsTest {
  private static final Pod PROXY =
      PodBuilder.builder()
          .metadata(
              ObjectMetaBuilder.builder()
                  .name("proxy")
                  .namespace("default")
                  .labels(ImmutableMap.of("app", "proxy"))
                  .creationTimestamp(Timestamps.NONE)
                  .deletionTimestamp(Timestamps.NONE)
                  .build())
          .spec(spec(container("proxy", "proxy")))
          .status(PodStatusBuilder.builder().startTime(Timestamps.NONE).build())
          .build();

  private final TestCluster cluster = cluster(PROXY);

  private static TestCluster cluster(Pod everywhere) {
    return new TestCluster(
        TestCluster.fixed(),
        new AnnotatedBehaviour(),
        ImageSizes.DEFAULT,
        1,
        store -> {},
        node -> ImmutableList.of(everywhere),
        ImmutableList.of());
  }

  private static Uid uid(Pod pod) {
    return PodTable.uid(pod);
  }

  @Test
  void eachNodeRunsItsOwnAndShowsIt() {
    cluster.nodes(2);
    cluster.untilIdle();
    assertThat(cluster.log)
        .contains(
            "16.000 proxy-node-00000 Running proxy:running! [SIRCP]",
            "16.000 proxy-node-00001 Running proxy:running! [SIRCP]");
    Pod mirror = cluster.pod("proxy-node-00001");
    assertThat(mirror.nodeName()).isEqualTo("node-00001");
    assertThat(mirror.metadata().labels()).containsEntry("app", "proxy");
    assertThat(mirror.metadata().annotations())
        .containsEntry("kubernetes.io/config.source", "file")
        .containsKey("kubernetes.io/config.mirror");
    assertThat(mirror.metadata().annotations().get("kubernetes.io/config.mirror"))
        .isNotEqualTo(
            cluster
                .pod("proxy-node-00000")
                .metadata()
                .annotations()
                .get("kubernetes.io/config.mirror"));
    OwnerReference owner = mirror.metadata().ownerReferences().get(0);
    assertThat(owner.kind()).isEqualTo("Node");
    assertThat(owner.uid()).isEqualTo(cluster.node("node-00001").metadata().uid());
    assertThat(mirror.spec().tolerations()).hasSize(1);
  }

  @Test
  void aDeletedMirrorIsMadeAgainAndThePodRunsOn() {
    cluster.nodes(1);
    cluster.until(60);
    Pod before = cluster.pod("proxy-node-00000");
    cluster.delete("proxy-node-00000");
    cluster.untilIdle();
    Pod after = cluster.pod("proxy-node-00000");
    assertThat(uid(after)).isNotEqualTo(uid(before));
    assertThat(after.status()).isEqualTo(before.status());
    assertThat(cluster.log.getLast())
        .isEqualTo("60.000 proxy-node-00000 Running proxy:running! [SIRCP]");
    assertThat(cluster.recorder.counters()).containsEntry("kubelet/containersStarted", 1L);
    cluster.forceDelete("proxy-node-00000");
    cluster.untilIdle();
    assertThat(uid(cluster.pod("proxy-node-00000"))).isNotEqualTo(uid(after));
  }

  /** Twice that much is more than the node has. */
  @Test
  void whatAStaticPodUsesIsCountedOnceWhenItsMirrorIsMadeAgain() {
    TestCluster full =
        cluster(
            PROXY.withMetadata(
                ObjectMetaBuilder.builder(PROXY.metadata())
                    .annotations(ImmutableMap.of(AnnotatedBehaviour.MEMORY_USE, "150Gi"))
                    .build()));
    full.nodes(1);
    full.until(60);
    full.forceDelete("proxy-node-00000");
    full.until(200);
    assertThat(full.pod("proxy-node-00000").isReady()).isTrue();
    assertThat(full.recorder.counter("kubelet/containersOutOfMemory")[0]).isZero();
  }

  @Test
  void aNodeThatComesBackRunsItsPodsAgain() {
    cluster.nodes(1);
    cluster.until(60);
    cluster.faults.fail(ImmutableList.of("node-00000"));
    cluster.until(100);
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.log.getLast())
        .isEqualTo("105.000 proxy-node-00000 Running proxy:running!*1 [SIRCP]");
  }

  @Test
  void aMirrorThatWasDeletedWhileTheNodeWasDownIsMadeWhenItIsBack() {
    cluster.nodes(1);
    cluster.until(60);
    cluster.faults.fail(ImmutableList.of("node-00000"));
    cluster.until(100);
    cluster.forceDelete("proxy-node-00000");
    cluster.until(120);
    assertThat(cluster.store.get(Kinds.POD, "default", "proxy-node-00000")).isNull();
    cluster.faults.restore(ImmutableList.of("node-00000"));
    cluster.untilIdle();
    assertThat(cluster.pod("proxy-node-00000").status().phase()).hasToString("Running");
  }

  @Test
  void drainsLeaveStaticPods() {
    cluster.nodes(1);
    cluster.until(60);
    cluster.drain(NodeDrain.Options.DEFAULT, "node-00000");
    cluster.until(200);
    assertThat(cluster.log.getLast()).startsWith("16.000");
  }
}

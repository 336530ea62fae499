package io.towtank.controllers.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.ApiException.Reason;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** ReplicaSets in a small cluster. */
class ReplicaSetControllerTest {
  private static final long MILLI = 1_000_000L;

  private static LatencyProfile profile(long requestMillis, long watchMillis) {
    return new LatencyProfile(
        "fixed",
        new Distribution.Constant(requestMillis * MILLI),
        watchMillis * MILLI,
        ClientLimits.NONE,
        ClientLimits.NONE,
        ClientLimits.NONE,
        0,
        0,
        Distribution.ZERO,
        0,
        Distribution.ZERO,
        Distribution.ZERO,
        Distribution.ZERO,
        Distribution.ZERO);
  }

  private static TestCluster cluster(LatencyProfile profile) {
    return new TestCluster(1, profile).with(ReplicaSetController::new).start();
  }

  private static TestCluster cluster() {
    return cluster(LatencyProfile.INSTANT);
  }

  private static long counted(TestCluster cluster, String what) {
    return cluster.recorder.counter("replicaset-controller/" + what)[0];
  }

  private static void assertStatus(
      TestCluster cluster, int replicas, int labeled, int ready, int available) {
    ReplicaSet set = cluster.get(Kinds.REPLICA_SET, "s");
    assertThat(
            List.of(
                set.status().replicas(),
                set.status().fullyLabeledReplicas(),
                set.status().readyReplicas(),
                set.status().availableReplicas()))
        .containsExactly(replicas, labeled, ready, available);
    assertThat(set.status().observedGeneration()).isEqualTo(set.metadata().generation());
    assertThat(set.status().terminatingReplicas()).isNull();
  }

  @Test
  void createsInGrowingBatches() {
    TestCluster cluster = cluster(profile(10, 100));
    TreeMap<Long, Integer> createdAt = new TreeMap<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (previous == null && current instanceof Pod) {
        createdAt.merge(cluster.simulation.nanos() / MILLI, 1, Integer::sum);
      }
    });
    cluster.create(TestCluster.replicaSet("s", 20, ""));
    cluster.settle();
    // Known after 100 ms; each batch takes the 10 ms of its requests.
    assertThat(createdAt).isEqualTo(ImmutableMap.of(110L, 1, 120L, 2, 130L, 4, 140L, 8, 150L, 5));
    assertStatus(cluster, 20, 20, 20, 20);
  }

  @Test
  void aStaleCacheDoesNotMakeItCreateOrDeleteTwice() {
    TestCluster cluster = cluster(profile(0, 3_000));
    cluster.create(TestCluster.replicaSet("s", 20, ""));
    for (int i = 0; i < 100; i++) {
      // Each change wakes the controller while it does not see its pods yet.
      int label = i;
      cluster.runFor(1);
      cluster.change(
          Kinds.REPLICA_SET,
          "s",
          s ->
              s.withMetadata(
                  ObjectMetaBuilder.builder(s.metadata())
                      .labels(ImmutableMap.of("i", "" + label))
                      .build()));
      if (i == 50) {
        cluster.scaleReplicaSet("s", 5);
      }
    }
    cluster.settle();
    assertThat(counted(cluster, "podsCreated")).isEqualTo(20);
    assertThat(counted(cluster, "podsDeleted")).isEqualTo(15);
    assertStatus(cluster, 5, 5, 5, 5);
  }

  @Test
  void createsAndDeletesAtMost500ASync() {
    TestCluster cluster = cluster(profile(10, 1_000));
    TreeMap<Long, Integer> created = new TreeMap<>();
    TreeMap<Long, Integer> deleted = new TreeMap<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      long second = cluster.simulation.nanos() / TestCluster.SECOND;
      if (previous == null && current instanceof Pod) {
        created.merge(second, 1, Integer::sum);
      } else if (previous instanceof Pod before
          && before.metadata().deletionTimestamp() == Timestamps.NONE
          && current instanceof Pod after
          && after.metadata().deletionTimestamp() != Timestamps.NONE) {
        deleted.merge(second, 1, Integer::sum);
      }
    });
    cluster.create(TestCluster.replicaSet("s", 1_200, ""));
    cluster.settle();
    assertThat(created.values()).containsExactly(500, 500, 200);
    cluster.scaleReplicaSet("s", 0);
    cluster.settle();
    assertThat(deleted.values()).containsExactly(500, 500, 200);
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
    assertStatus(cluster, 0, 0, 0, 0);
  }

  @Test
  void replacesPodsThatEndOrAreDeleted() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.replicaSet("s", 4, ""));
    cluster.settle();
    List<Pod> pods = cluster.activePods();
    cluster.end(pods.get(0), PodPhase.FAILED);
    cluster.end(pods.get(1), PodPhase.SUCCEEDED);
    cluster.delete(Kinds.POD, pods.get(2).name(), DeleteOptions.DEFAULT);
    cluster.delete(Kinds.POD, pods.get(3).name(), DeleteOptions.NOW);
    cluster.settle();
    assertThat(counted(cluster, "podsCreated")).isEqualTo(8);
    assertStatus(cluster, 4, 4, 4, 4);
    // Failed and succeeded pods are left to the pod garbage collector.
    assertThat(cluster.store.list(Kinds.POD)).hasSize(6);
  }

  @Test
  void deletesWhatIsNotReadyFirst() {
    TestCluster cluster = cluster();
    boolean[] ready = new boolean[1];
    cluster.healthy = pod -> ready[0] = !ready[0];
    cluster.create(TestCluster.replicaSet("s", 6, ""));
    cluster.settle();
    assertStatus(cluster, 6, 6, 3, 3);
    cluster.scaleReplicaSet("s", 3);
    cluster.settle();
    assertStatus(cluster, 3, 3, 3, 3);
  }

  @Test
  void spreadsOverNodesTogetherWithItsSiblings() {
    TestCluster cluster = cluster();
    cluster.nodes = 1;
    for (String name : List.of("a", "b")) {
      ReplicaSet set = (ReplicaSet) TestCluster.read(TestCluster.replicaSet(name, 2, ""));
      cluster.store.create(
          set.withMetadata(
              ObjectMetaBuilder.builder(set.metadata())
                  .ownerReferences(
                      ((ReplicaSet)
                              TestCluster.read(
                                  """
                                  {'apiVersion': 'apps/v1', 'kind': 'ReplicaSet', 'metadata': {'name': 'x',
                                   'ownerReferences': [{'apiVersion': 'apps/v1', 'kind': 'Deployment',
                                    'name': 'd', 'uid': 'd', 'controller': true}]},
                                   'spec': {'selector': {}}}
                                  """))
                          .metadata()
                          .ownerReferences())
                  .build()));
      cluster.settle();
      cluster.nodes++;
    }
    // a: two on node-0; b: one on node-0 and one on node-1.
    cluster.scaleReplicaSet("b", 1);
    cluster.settle();
    assertThat(cluster.activePods().stream().filter(pod -> pod.name().startsWith("b-")))
        .singleElement()
        .satisfies(pod -> assertThat(pod.nodeName()).isEqualTo("node-1"));
  }

  @Test
  void adoptsOrphansAndReleasesStrangers() {
    TestCluster cluster = cluster();
    cluster.create(
        "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'bare', 'labels': {'app':"
            + " 's'}}}");
    cluster.create(
        "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'other', 'labels': {'app':"
            + " 't'}}}");
    cluster.settle();
    cluster.create(TestCluster.replicaSet("s", 3, ""));
    cluster.settle();
    assertThat(counted(cluster, "podsAdopted")).isEqualTo(1);
    assertThat(counted(cluster, "podsCreated")).isEqualTo(2);
    assertThat(cluster.get(Kinds.POD, "bare").metadata().ownerReferences()).hasSize(1);
    assertThat(cluster.get(Kinds.POD, "other").metadata().ownerReferences()).isEmpty();

    cluster.change(
        Kinds.POD,
        "bare",
        p ->
            p.withMetadata(
                ObjectMetaBuilder.builder(p.metadata())
                    .labels(ImmutableMap.of("app", "debug"))
                    .build()));
    cluster.settle();
    assertThat(counted(cluster, "podsReleased")).isEqualTo(1);
    assertThat(counted(cluster, "podsCreated")).isEqualTo(3);
    assertThat(cluster.get(Kinds.POD, "bare").metadata().ownerReferences()).isEmpty();
    assertStatus(cluster, 3, 3, 3, 3);

    // Labelled back it is adopted again, and one too many.
    cluster.change(
        Kinds.POD,
        "bare",
        p ->
            p.withMetadata(
                ObjectMetaBuilder.builder(p.metadata())
                    .labels(ImmutableMap.of("app", "s"))
                    .build()));
    cluster.settle();
    assertThat(counted(cluster, "podsAdopted")).isEqualTo(2);
    assertThat(counted(cluster, "podsDeleted")).isEqualTo(1);
    assertStatus(cluster, 3, 3, 3, 3);
  }

  @Test
  void podsWithFewerLabelsThanTheTemplateAreCountedApart() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.replicaSet("s", 2, ""));
    cluster.settle();
    cluster.change(
        Kinds.REPLICA_SET,
        "s",
        s -> {
          PodTemplateSpec template = Objects.requireNonNull(s.spec().template());
          return s.withSpec(
              ReplicaSetSpecBuilder.builder(s.spec())
                  .template(
                      PodTemplateSpecBuilder.builder(template)
                          .metadata(
                              ObjectMetaBuilder.builder(template.metadata())
                                  .labels(ImmutableMap.of("app", "s", "tier", "web"))
                                  .build())
                          .build())
                  .build());
        });
    cluster.settle();
    assertStatus(cluster, 2, 0, 2, 2);
    cluster.scaleReplicaSet("s", 3);
    cluster.settle();
    assertStatus(cluster, 3, 1, 3, 3);
  }

  @Test
  void tellsOfFailuresAndRecovers() {
    boolean[] refuse = {true};
    TestCluster cluster =
        new TestCluster(
                1,
                LatencyProfile.INSTANT,
                request -> {
                  if (refuse[0] && request.create() && request.object() instanceof Pod) {
                    throw new ApiException(Reason.FORBIDDEN, "exceeded quota: pods");
                  }
                  return request.object();
                })
            .with(ReplicaSetController::new)
            .start();
    cluster.create(TestCluster.replicaSet("s", 3, ""));
    cluster.runFor(10);
    ReplicaSet failing = cluster.get(Kinds.REPLICA_SET, "s");
    assertThat(failing.status().conditions())
        .singleElement()
        .satisfies(condition -> {
          assertThat(condition.type()).isEqualTo("ReplicaFailure");
          assertThat(condition.reason()).isEqualTo("FailedCreate");
          assertThat(condition.message()).isEqualTo("exceeded quota: pods");
        });
    // One attempt a sync, not three; syncs 5 ms, 10 ms, 20 ms … apart.
    assertThat(cluster.recorder.counter("events/replicaset-controller/FailedCreate")[0])
        .isBetween(8L, 14L);
    refuse[0] = false;
    cluster.settle();
    assertStatus(cluster, 3, 3, 3, 3);
    assertThat(cluster.get(Kinds.REPLICA_SET, "s").status().conditions()).isEmpty();
  }

  @Test
  void countsAsAvailableOnlyWhatWasReadyForLongEnough() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.replicaSet("s", 2, "'minReadySeconds': 60,"));
    cluster.runFor(61);
    assertStatus(cluster, 2, 2, 2, 0);
    cluster.scaleReplicaSet("s", 3);
    cluster.runFor(2);
    assertStatus(cluster, 3, 3, 3, 2);
    cluster.runFor(59);
    assertStatus(cluster, 3, 3, 3, 2);
    cluster.settle();
    assertStatus(cluster, 3, 3, 3, 3);
    assertThat(cluster.simulation.nanos() / TestCluster.SECOND).isEqualTo(122);
  }

  @Test
  void aSetThatIsDeletedWhileItsPodsMatureLeavesNoTimer() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.replicaSet("s", 2, "'minReadySeconds': 600,"));
    cluster.runFor(5);
    cluster.delete(Kinds.REPLICA_SET, "s", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(cluster.simulation.nanos() / TestCluster.SECOND).isLessThan(10);
  }

  @Test
  void aSetOfTheSameNameStartsAfresh() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.replicaSet("s", 2, ""));
    cluster.settle();
    cluster.delete(Kinds.REPLICA_SET, "s", DeleteOptions.DEFAULT);
    cluster.create(TestCluster.replicaSet("s", 3, ""));
    cluster.settle();
    // Those of the first set bear its uid; nobody collects them here.
    assertThat(cluster.activePods()).hasSize(5);
    assertStatus(cluster, 3, 3, 3, 3);
  }

  @Test
  void aSteadySetWritesNothing() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.replicaSet("s", 5, ""));
    cluster.settle();
    long writes = counted(cluster, "statusUpdates");
    List<Pod> pods = new ArrayList<>(cluster.activePods());
    cluster.change(
        Kinds.POD,
        pods.getFirst().name(),
        p ->
            p.withMetadata(
                ObjectMetaBuilder.builder(p.metadata())
                    .annotations(ImmutableMap.of("note", "x"))
                    .build()));
    cluster.settle();
    assertThat(counted(cluster, "statusUpdates")).isEqualTo(writes);
  }
}

package io.towtank.controllers.garbagecollector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.OwnerReferenceBuilder;
import io.towtank.api.Uid;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.deployment.DeploymentController;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import io.towtank.store.DeleteOptions.Propagation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GarbageCollectorTest {
  private static final DeleteOptions FOREGROUND =
      new DeleteOptions(null, Propagation.FOREGROUND, null);
  private static final DeleteOptions ORPHAN = new DeleteOptions(null, Propagation.ORPHAN, null);

  private static TestCluster bare(LatencyProfile profile) {
    return new TestCluster(1, profile).with(GarbageCollector::new);
  }

  private static TestCluster full(LatencyProfile profile) {
    return bare(profile).with(DeploymentController::new).with(ReplicaSetController::new).start();
  }

  private static TestCluster full() {
    return full(LatencyProfile.INSTANT);
  }

  private static String configMap(String name) {
    return "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': '%s', 'namespace': 'default'}}"
        .formatted(name);
  }

  private static OwnerReference owner(KubeObject owner, boolean blocks) {
    return OwnerReferenceBuilder.builder(ControllerRefs.to(owner))
        .controller(null)
        .blockOwnerDeletion(blocks)
        .build();
  }

  private static KubeObject owned(TestCluster cluster, String name, OwnerReference... owners) {
    KubeObject object = TestCluster.read(configMap(name));
    return cluster.store.create(
        object.withMetadata(
            ObjectMetaBuilder.builder(object.metadata())
                .ownerReferences(ImmutableList.copyOf(owners))
                .build()));
  }

  private static boolean exists(TestCluster cluster, KubeObject object) {
    return cluster.store.get(object.kind(), object.metadata().namespace(), object.name()) != null;
  }

  private static List<String> ownersOf(TestCluster cluster, KubeObject object) {
    KubeObject now = cluster.store.get(object.kind(), object.metadata().namespace(), object.name());
    return now == null
        ? List.of("(gone)")
        : now.metadata().ownerReferences().stream().map(OwnerReference::name).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"instant", "typical"})
  void aDeploymentTakesAllWithIt(String profile) {
    TestCluster cluster =
        full(profile.equals("instant") ? LatencyProfile.INSTANT : LatencyProfile.TYPICAL);
    cluster.create(TestCluster.deployment("web", 5, "app:1", ""));
    cluster.settle();
    cluster.setImage("web", "app:2");
    cluster.settle();
    cluster.delete(Kinds.DEPLOYMENT, "web", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(cluster.store.list(Kinds.REPLICA_SET)).isEmpty();
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
  }

  @Test
  void inTheForegroundDependentsGoFirst() {
    TestCluster cluster = full();
    cluster.create(TestCluster.deployment("web", 3, "app:1", ""));
    cluster.settle();
    List<String> gone = new ArrayList<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (current == null && previous != null) {
        gone.add(previous.kind().name());
      }
    });
    cluster.delete(Kinds.DEPLOYMENT, "web", FOREGROUND);
    assertThat(cluster.get(Kinds.DEPLOYMENT, "web").metadata().finalizers())
        .containsExactly("foregroundDeletion");
    cluster.settle();
    assertThat(gone).containsExactly("Pod", "Pod", "Pod", "ReplicaSet", "Deployment");
    assertThat(cluster.recorder.counter("replicaset-controller/podsCreated")[0]).isEqualTo(3);
  }

  @Test
  void orphansLiveOn() {
    TestCluster cluster = full();
    cluster.create(TestCluster.deployment("web", 3, "app:1", ""));
    cluster.settle();
    cluster.delete(Kinds.DEPLOYMENT, "web", ORPHAN);
    cluster.settle();
    assertThat(cluster.store.list(Kinds.DEPLOYMENT)).isEmpty();
    assertThat(cluster.replicaSets())
        .singleElement()
        .satisfies(set -> assertThat(set.metadata().ownerReferences()).isEmpty());
    assertThat(cluster.activePods()).hasSize(3);

    // A Deployment of the same selector takes them over.
    cluster.create(TestCluster.deployment("web", 3, "app:1", ""));
    cluster.settle();
    assertThat(cluster.recorder.counter("replicaset-controller/podsCreated")[0]).isEqualTo(3);
    assertThat(cluster.replicaSets())
        .singleElement()
        .satisfies(set -> assertThat(set.metadata().ownerReferences()).hasSize(1));
  }

  @Test
  void anObjectOfAnUnknownKindIsCollectedToo() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject owner =
        cluster.create(
            "{'apiVersion': 'example.com/v1', 'kind': 'Widget', 'metadata': {'name': 'w'}}");
    cluster.settle();
    KubeObject dependent = owned(cluster, "c", owner(owner, true));
    cluster.settle();
    assertThat(exists(cluster, dependent)).isTrue();
    cluster.store.delete(owner.kind(), "default", "w", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(exists(cluster, dependent)).isFalse();
  }

  @Test
  void oneOwnerOfTwoIsEnough() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject a = cluster.create(configMap("a"));
    KubeObject b = cluster.create(configMap("b"));
    KubeObject dependent = owned(cluster, "c", owner(a, true), owner(b, true));
    cluster.settle();
    cluster.store.delete(a.kind(), "default", "a", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(ownersOf(cluster, dependent)).containsExactly("b");
    cluster.store.delete(b.kind(), "default", "b", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(exists(cluster, dependent)).isFalse();
  }

  @Test
  void anOwnerThatNeverWasOrHasAnotherUidIsAbsent() {
    TestCluster cluster = bare(LatencyProfile.TYPICAL).start();
    KubeObject a = cluster.create(configMap("a"));
    KubeObject never =
        owned(
            cluster,
            "b",
            OwnerReferenceBuilder.builder(owner(a, true))
                .name("never")
                .uid(Uid.parse("never"))
                .build());
    KubeObject other =
        owned(
            cluster,
            "c",
            OwnerReferenceBuilder.builder(owner(a, true)).uid(Uid.parse("other")).build());
    KubeObject fine = owned(cluster, "d", owner(a, true));
    cluster.settle();
    assertThat(Stream.of(never, other, fine).map(object -> exists(cluster, object)))
        .containsExactly(false, false, true);
  }

  @Test
  void anOwnerInAnotherNamespaceIsAbsentAndTold() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject a = TestCluster.read(configMap("a"));
    KubeObject elsewhere =
        cluster.store.create(
            a.withMetadata(ObjectMetaBuilder.builder(a.metadata()).namespace("other").build()));
    KubeObject dependent = owned(cluster, "b", owner(elsewhere, true));
    cluster.settle();
    assertThat(exists(cluster, dependent)).isFalse();
    assertThat(
            cluster
                .recorder
                .counter("events/garbage-collector-controller/OwnerRefInvalidNamespace")[0])
        .isEqualTo(1);
  }

  @Test
  void anOwnerOfTheWholeClusterMayOwnWhatIsInANamespace() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject node =
        cluster.create("{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': 'n'}}");
    KubeObject dependent = owned(cluster, "b", owner(node, true));
    cluster.settle();
    assertThat(exists(cluster, dependent)).isTrue();
    cluster.delete(Kinds.NODE, "n", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(exists(cluster, dependent)).isFalse();
  }

  @Test
  void whatBelongsToTheClusterIsNotCollectedForAnOwnerInANamespace() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject a = cluster.create(configMap("a"));
    KubeObject node =
        TestCluster.read("{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': 'n'}}");
    cluster.store.create(
        node.withMetadata(
            ObjectMetaBuilder.builder(node.metadata())
                .ownerReferences(ImmutableList.of(owner(a, true)))
                .build()));
    cluster.settle();
    cluster.store.delete(a.kind(), "default", "a", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(cluster.store.list(Kinds.NODE)).hasSize(1);
  }

  @Test
  void onlyBlockingDependentsAreWaitedFor() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject a = cluster.create(configMap("a"));
    KubeObject loose = owned(cluster, "loose", owner(a, false));
    KubeObject held = owned(cluster, "held", owner(a, false));
    cluster.store.update(
        held.withMetadata(
            ObjectMetaBuilder.builder(held.metadata())
                .finalizers(ImmutableList.of("mine"))
                .build()));
    cluster.settle();
    cluster.store.delete(a.kind(), "default", "a", FOREGROUND);
    cluster.settle();
    assertThat(exists(cluster, a)).isFalse();
    assertThat(exists(cluster, loose)).isFalse();
    assertThat(exists(cluster, held)).isTrue();
  }

  @Test
  void aBlockingDependentWithAFinalizerIsWaitedFor() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject a = cluster.create(configMap("a"));
    KubeObject held = owned(cluster, "held", owner(a, true));
    held =
        cluster.store.update(
            held.withMetadata(
                ObjectMetaBuilder.builder(held.metadata())
                    .finalizers(ImmutableList.of("mine"))
                    .build()));
    cluster.settle();
    cluster.store.delete(a.kind(), "default", "a", FOREGROUND);
    cluster.settle();
    assertThat(exists(cluster, a)).isTrue();
    KubeObject marked = Objects.requireNonNull(cluster.store.get(held.kind(), "default", "held"));
    cluster.store.update(
        marked.withMetadata(
            ObjectMetaBuilder.builder(marked.metadata()).finalizers(ImmutableList.of()).build()));
    cluster.settle();
    assertThat(exists(cluster, held)).isFalse();
    assertThat(exists(cluster, a)).isFalse();
  }

  @Test
  void aCircleDoesNotHoldItselfUp() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject a = cluster.create(configMap("a"));
    KubeObject b = owned(cluster, "b", owner(a, true));
    cluster.store.update(
        a.withMetadata(
            ObjectMetaBuilder.builder(a.metadata())
                .ownerReferences(ImmutableList.of(owner(b, true)))
                .build()));
    cluster.settle();
    cluster.store.delete(a.kind(), "default", "a", FOREGROUND);
    cluster.settle();
    assertThat(exists(cluster, a)).isFalse();
    assertThat(exists(cluster, b)).isFalse();
  }

  @Test
  void aChainOfThousandsIsCollected() {
    TestCluster cluster = bare(LatencyProfile.INSTANT).start();
    KubeObject last = cluster.create(configMap("c0"));
    for (int i = 1; i <= 2_000; i++) {
      last = owned(cluster, "c" + i, owner(last, true));
    }
    cluster.settle();
    cluster.store.delete(last.kind(), "default", "c0", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(cluster.store.list(last.kind())).isEmpty();
  }
}

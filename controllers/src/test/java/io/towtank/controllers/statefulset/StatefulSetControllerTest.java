package io.towtank.controllers.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.OwnerReference;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetSpecBuilder;
import io.towtank.api.StatefulSetStatus;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.history.Revision;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** StatefulSets in a small cluster. */
class StatefulSetControllerTest {
  private static final String CLAIMS =
      """
      'volumeClaimTemplates': [{'metadata': {'name': 'data'},
        'spec': {'accessModes': ['ReadWriteOnce'],
                 'resources': {'requests': {'storage': '1Gi'}}}}],
      """;

  private final TestCluster cluster = cluster(StatefulSetOptions.DEFAULT);
  private final List<String> told = tell(cluster);

  private static TestCluster cluster(StatefulSetOptions options) {
    return new TestCluster(1, LatencyProfile.INSTANT)
        .with(context -> new StatefulSetController(context, options))
        .with(GarbageCollector::new)
        .start();
  }

  /** What happens to pods: {@code +s-0 -s-0 s-0:ready}. */
  private static List<String> tell(TestCluster cluster) {
    List<String> told = new ArrayList<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (previous == null && current instanceof Pod pod) {
        told.add("+" + pod.name());
      } else if (previous instanceof Pod before
          && before.metadata().deletionTimestamp() == Timestamps.NONE
          && (current == null || current.metadata().deletionTimestamp() != Timestamps.NONE)) {
        told.add("-" + before.name());
      } else if (previous instanceof Pod before
          && current instanceof Pod pod
          && before.status().phase() != PodPhase.RUNNING
          && pod.status().phase() == PodPhase.RUNNING) {
        told.add(pod.name() + ":runs");
      }
    });
    return told;
  }

  private static void create(TestCluster cluster, int replicas, String image, String more) {
    cluster.create(TestCluster.statefulSet("s", replicas, image, more));
    cluster.settle();
  }

  private static void scale(TestCluster cluster, int replicas) {
    cluster.change(
        Kinds.STATEFUL_SET,
        "s",
        s -> s.withSpec(StatefulSetSpecBuilder.builder(s.spec()).replicas(replicas).build()));
  }

  private static void setImage(TestCluster cluster, String image) {
    StatefulSet other = (StatefulSet) TestCluster.read(TestCluster.statefulSet("s", 1, image, ""));
    cluster.change(
        Kinds.STATEFUL_SET,
        "s",
        s ->
            s.withSpec(
                StatefulSetSpecBuilder.builder(s.spec())
                    .template(other.spec().template())
                    .build()));
  }

  private static List<String> images(TestCluster cluster) {
    return cluster.activePods().stream()
        .map(pod -> pod.name() + " " + pod.spec().containers().getFirst().image())
        .sorted()
        .toList();
  }

  private static StatefulSetStatus status(TestCluster cluster) {
    return cluster.get(Kinds.STATEFUL_SET, "s").status();
  }

  private static List<GenericObject> revisions(TestCluster cluster) {
    return cluster.store.list(Revision.KIND);
  }

  private static Stream<String> claims(TestCluster cluster) {
    return cluster.store.list(Kinds.PERSISTENT_VOLUME_CLAIM).stream()
        .map(PersistentVolumeClaim::name);
  }

  @Test
  void startsOneAfterAnotherAndEndsInReverse() {
    create(cluster, 3, "a", "");
    assertThat(told).containsExactly("+s-0", "s-0:runs", "+s-1", "s-1:runs", "+s-2", "s-2:runs");
    told.clear();
    scale(cluster, 1);
    cluster.settle();
    assertThat(told).containsExactly("-s-2", "-s-1");
    assertThat(status(cluster).replicas()).isEqualTo(1);
    assertThat(status(cluster).observedGeneration()).isEqualTo(2);
    Pod pod = cluster.get(Kinds.POD, "s-0");
    assertThat(pod.metadata().labels())
        .containsEntry("statefulset.kubernetes.io/pod-name", "s-0")
        .containsEntry("apps.kubernetes.io/pod-index", "0")
        .containsEntry("controller-revision-hash", status(cluster).currentRevision());
    assertThat(pod.spec().rest().get("hostname")).hasToString("\"s-0\"");
    assertThat(pod.spec().rest().get("subdomain")).hasToString("\"s\"");
  }

  @Test
  void startsAllAtOnceWhereTheyAreManagedInParallel() {
    create(cluster, 5, "a", "'podManagementPolicy': 'Parallel',");
    assertThat(told.subList(0, 5)).containsExactly("+s-0", "+s-1", "+s-2", "+s-3", "+s-4");
    told.clear();
    scale(cluster, 2);
    cluster.settle();
    assertThat(told).containsExactly("-s-4", "-s-3", "-s-2");
  }

  @Test
  void aPodThatDoesNotGetReadyBlocksThoseAfterIt() {
    cluster.healthy = pod -> !pod.name().equals("s-1");
    create(cluster, 3, "a", "");
    assertThat(images(cluster)).containsExactly("s-0 a", "s-1 a");
    cluster.setReady(cluster.get(Kinds.POD, "s-1"), true);
    cluster.settle();
    assertThat(images(cluster)).containsExactly("s-0 a", "s-1 a", "s-2 a");
  }

  @Test
  void countsFromTheOrdinalThatIsGiven() {
    create(cluster, 2, "a", "'ordinals': {'start': 7},");
    assertThat(images(cluster)).containsExactly("s-7 a", "s-8 a");
    cluster.change(
        Kinds.STATEFUL_SET,
        "s",
        s -> s.withSpec(StatefulSetSpecBuilder.builder(s.spec()).ordinals(null).build()));
    cluster.settle();
    assertThat(images(cluster)).containsExactly("s-0 a", "s-1 a");
  }

  @Test
  void updatesFromTheLastToTheFirst() {
    create(cluster, 3, "a", "");
    told.clear();
    setImage(cluster, "b");
    cluster.settle();
    assertThat(told)
        .containsExactly(
            "-s-2", "+s-2", "s-2:runs", "-s-1", "+s-1", "s-1:runs", "-s-0", "+s-0", "s-0:runs");
    assertThat(images(cluster)).containsExactly("s-0 b", "s-1 b", "s-2 b");
    assertThat(status(cluster).currentRevision()).isEqualTo(status(cluster).updateRevision());
    assertThat(status(cluster).currentReplicas()).isEqualTo(3);
  }

  @Test
  void leavesPodsBelowThePartitionAsTheyWere() {
    create(
        cluster,
        4,
        "a",
        "'updateStrategy': {'type': 'RollingUpdate', 'rollingUpdate': {'partition': 2}},");
    setImage(cluster, "b");
    cluster.settle();
    assertThat(images(cluster)).containsExactly("s-0 a", "s-1 a", "s-2 b", "s-3 b");
    assertThat(status(cluster).updatedReplicas()).isEqualTo(2);
    assertThat(status(cluster).currentReplicas()).isEqualTo(2);
    // A pod that has to be made anew below the partition is of the old revision.
    cluster.delete(Kinds.POD, "s-0", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(images(cluster)).containsExactly("s-0 a", "s-1 a", "s-2 b", "s-3 b");
  }

  @Test
  void updatesWhatIsDeletedWhereThatIsTheStrategy() {
    create(cluster, 2, "a", "'updateStrategy': {'type': 'OnDelete'},");
    setImage(cluster, "b");
    cluster.settle();
    assertThat(images(cluster)).containsExactly("s-0 a", "s-1 a");
    cluster.delete(Kinds.POD, "s-0", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(images(cluster)).containsExactly("s-0 b", "s-1 a");
  }

  @Test
  void updatesSeveralAtOnceOnlyWhereTheGateIsOn() {
    String more =
        "'podManagementPolicy': 'Parallel', 'updateStrategy': {'type': 'RollingUpdate',"
            + " 'rollingUpdate': {'partition': 0, 'maxUnavailable': 3}},";
    create(cluster, 6, "a", more);
    told.clear();
    setImage(cluster, "b");
    cluster.settle();
    assertThat(told.subList(0, 2)).containsExactly("-s-5", "+s-5");

    TestCluster gated = cluster(new StatefulSetOptions(true));
    create(gated, 6, "a", more);
    List<String> toldThere = tell(gated);
    setImage(gated, "b");
    gated.settle();
    assertThat(toldThere.subList(0, 3)).containsExactly("-s-5", "-s-4", "-s-3");
    assertThat(images(gated)).allMatch(pod -> pod.endsWith(" b")).hasSize(6);
  }

  @Test
  void replacesPodsThatHaveEnded() {
    create(cluster, 2, "a", "");
    cluster.end(cluster.get(Kinds.POD, "s-0"), PodPhase.FAILED);
    cluster.settle();
    cluster.end(cluster.get(Kinds.POD, "s-1"), PodPhase.SUCCEEDED);
    cluster.settle();
    assertThat(images(cluster)).containsExactly("s-0 a", "s-1 a");
    assertThat(status(cluster).readyReplicas()).isEqualTo(2);
  }

  @Test
  void waitsForPodsToBeAvailable() {
    create(cluster, 2, "a", "'minReadySeconds': 30,");
    Pod first = cluster.get(Kinds.POD, "s-0");
    Pod second = cluster.get(Kinds.POD, "s-1");
    assertThat(second.metadata().creationTimestamp() - first.metadata().creationTimestamp())
        .isBetween(30 * TestCluster.SECOND, 33 * TestCluster.SECOND);
    assertThat(status(cluster).availableReplicas()).isEqualTo(2);
  }

  @Test
  void keepsClaimsWhereTheyAreRetained() {
    create(cluster, 2, "a", CLAIMS);
    assertThat(claims(cluster)).containsExactly("data-s-0", "data-s-1");
    assertThat(cluster.get(Kinds.POD, "s-1").spec().volumes().getFirst().name()).isEqualTo("data");
    scale(cluster, 0);
    cluster.settle();
    assertThat(claims(cluster)).containsExactly("data-s-0", "data-s-1");
    cluster.delete(Kinds.STATEFUL_SET, "s", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(claims(cluster)).containsExactly("data-s-0", "data-s-1");
  }

  @Test
  void deletesClaimsAsThePolicySays() {
    create(
        cluster,
        3,
        "a",
        CLAIMS
            + "'persistentVolumeClaimRetentionPolicy':"
            + " {'whenDeleted': 'Delete', 'whenScaled': 'Delete'},");
    assertThat(cluster.get(Kinds.PERSISTENT_VOLUME_CLAIM, "data-s-1").metadata().ownerReferences())
        .extracting(OwnerReference::kind)
        .containsExactly("StatefulSet");
    scale(cluster, 1);
    cluster.settle();
    assertThat(claims(cluster)).containsExactly("data-s-0");
    scale(cluster, 2);
    cluster.settle();
    assertThat(claims(cluster)).containsExactly("data-s-0", "data-s-1");
    cluster.delete(Kinds.STATEFUL_SET, "s", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(claims(cluster)).isEmpty();
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
    assertThat(revisions(cluster)).isEmpty();
  }

  @Test
  void goesBackToARevisionInsteadOfMakingItTwice() {
    create(cluster, 1, "a", "");
    String first = status(cluster).currentRevision();
    setImage(cluster, "b");
    cluster.settle();
    setImage(cluster, "a");
    cluster.settle();
    assertThat(status(cluster).currentRevision()).isEqualTo(first);
    assertThat(revisions(cluster)).hasSize(2);
    assertThat(new Revision(cluster.get(Revision.KIND, String.valueOf(first))).number())
        .isEqualTo(3);
  }

  @Test
  void keepsAsManyRevisionsAsTheLimitSays() {
    create(cluster, 1, "a", "'revisionHistoryLimit': 2,");
    for (String image : List.of("b", "c", "d", "e", "f")) {
      setImage(cluster, image);
      cluster.settle();
    }
    assertThat(revisions(cluster)).hasSize(3);
    assertThat(revisions(cluster).stream().map(r -> new Revision(r).number()))
        .containsExactlyInAnyOrder(4L, 5L, 6L);
  }

  @Test
  void adoptsPodsThatBearItsNameAndNoOthers() {
    for (String name : List.of("s-0", "other")) {
      cluster.create(
          """
          {'apiVersion': 'v1', 'kind': 'Pod',
           'metadata': {'name': '%s', 'namespace': 'default', 'labels': {'app': 's'}},
           'spec': {'containers': [{'name': 'c', 'image': 'mine'}]}}
          """
              .formatted(name));
    }
    cluster.settle();
    create(cluster, 2, "a", "'updateStrategy': {'type': 'OnDelete'},");
    assertThat(images(cluster)).containsExactly("other mine", "s-0 mine", "s-1 a");
    assertThat(cluster.get(Kinds.POD, "s-0").metadata().ownerReferences()).hasSize(1);
    assertThat(cluster.get(Kinds.POD, "s-0").metadata().labels())
        .containsEntry("statefulset.kubernetes.io/pod-name", "s-0");
    assertThat(cluster.get(Kinds.POD, "other").metadata().ownerReferences()).isEmpty();
  }

  @Test
  void tellsWhatItDoes() {
    create(cluster, 1, "a", CLAIMS);
    assertThat(cluster.recorder.counter("statefulset-controller/podsCreated")[0]).isEqualTo(1);
    assertThat(cluster.recorder.counter("statefulset-controller/claimsCreated")[0]).isEqualTo(1);
  }
}

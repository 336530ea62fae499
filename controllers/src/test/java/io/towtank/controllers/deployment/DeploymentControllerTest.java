package io.towtank.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.controllers.RolloutInvariants;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.defaults.Defaulting;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.ApiException.Reason;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roll-outs in a small cluster. */
class DeploymentControllerTest {
  private static final String DEADLINE = "'progressDeadlineSeconds': 600,";

  private static TestCluster cluster(LatencyProfile profile) {
    return new TestCluster(1, profile)
        .with(DeploymentController::new)
        .with(ReplicaSetController::new)
        .with(GarbageCollector::new)
        .start();
  }

  private static TestCluster cluster() {
    return cluster(LatencyProfile.INSTANT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"instant", "typical"})
  void createScaleUpdate(String profile) {
    TestCluster cluster =
        cluster(profile.equals("instant") ? LatencyProfile.INSTANT : LatencyProfile.TYPICAL);
    cluster.create(TestCluster.deployment("web", 3, "app:1", DEADLINE));
    cluster.settle();
    assertComplete(cluster, 3);

    cluster.scaleDeployment("web", 10);
    cluster.settle();
    assertComplete(cluster, 10);

    cluster.setImage("web", "app:2");
    cluster.settle();
    assertComplete(cluster, 10);
    assertThat(cluster.replicaSets())
        .extracting(set -> set.spec().replicas())
        .containsExactlyInAnyOrder(0, 10);

    cluster.scaleDeployment("web", 2);
    cluster.settle();
    assertComplete(cluster, 2);
  }

  private static void assertComplete(TestCluster cluster, int replicas) {
    Deployment web = cluster.get(Kinds.DEPLOYMENT, "web");
    assertThat(web.status().observedGeneration()).isEqualTo(web.metadata().generation());
    assertThat(
            List.of(
                web.status().replicas(),
                web.status().updatedReplicas(),
                web.status().readyReplicas(),
                web.status().availableReplicas(),
                web.status().unavailableReplicas()))
        .containsExactly(replicas, replicas, replicas, replicas, 0);
    assertThat(conditions(web))
        .containsExactlyInAnyOrder(
            "Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable");
    assertThat(cluster.replicaSets().stream().mapToInt(set -> set.status().replicas()).sum())
        .isEqualTo(replicas);
    assertThat(cluster.activePods()).hasSize(replicas);
  }

  private static List<String> conditions(Deployment deployment) {
    return deployment.status().conditions().stream()
        .map(c -> c.type() + "=" + c.status() + " " + c.reason())
        .toList();
  }

  private static DeploymentCondition progressing(Deployment deployment) {
    return Objects.requireNonNull(
        DeploymentCondition.find(
            deployment.status().conditions(), DeploymentConditions.PROGRESSING));
  }

  private static ReplicaSet newest(TestCluster cluster) {
    Deployment web = cluster.get(Kinds.DEPLOYMENT, "web");
    return cluster.replicaSets().stream()
        .filter(set -> Templates.sameButHash(web.spec().template(), set.spec().template()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void podsShareWhatTheirTemplateSays() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 3, "app:1", DEADLINE));
    cluster.settle();
    ReplicaSet set = newest(cluster);
    for (Pod pod : cluster.activePods()) {
      assertThat(pod.spec()).isSameAs(cluster.activePods().getFirst().spec());
      assertThat(pod.metadata().labels())
          .isSameAs(Objects.requireNonNull(set.spec().template()).metadata().labels())
          .containsKey("pod-template-hash");
      assertThat(pod.metadata().ownerReferences())
          .isSameAs(cluster.activePods().getFirst().metadata().ownerReferences());
    }
  }

  @ParameterizedTest(name = "{0} replicas, surge {1}, unavailable {2}, {3}")
  @CsvSource({
    "10, 25%, 25%, instant",
    "10, 0, 1, instant",
    "10, 3, 0, instant",
    "10, 100%, 0, instant",
    "10, 0, 100%, instant",
    "7, 1, 1, typical",
    "4, 25%, 25%, typical",
    "1, 25%, 25%, typical"
  })
  void rollingUpdateKeepsWithinItsBounds(
      int replicas, String surge, String unavailable, String profile) {
    TestCluster cluster =
        cluster(profile.equals("instant") ? LatencyProfile.INSTANT : LatencyProfile.TYPICAL);
    RolloutInvariants invariants = new RolloutInvariants(cluster.store, "web");
    cluster.create(
        TestCluster.deployment(
            "web",
            replicas,
            "app:1",
            DEADLINE
                + "'strategy': {'type': 'RollingUpdate', 'rollingUpdate': {'maxSurge': %s, 'maxUnavailable': %s}},"
                    .formatted(quoted(surge), quoted(unavailable))));
    cluster.settle();
    invariants.watch();
    cluster.setImage("web", "app:2");
    cluster.settle();
    assertThat(invariants.stop()).isEmpty();
    assertComplete(cluster, replicas);
    assertThat(cluster.activePods())
        .allMatch(pod -> "app:2".equals(pod.spec().containers().getFirst().image()));
  }

  private static String quoted(String value) {
    return value.endsWith("%") ? "'" + value + "'" : value;
  }

  @Test
  void surgeIsUsedAndAvailabilityIsNot() {
    TestCluster cluster = cluster();
    RolloutInvariants invariants = new RolloutInvariants(cluster.store, "web");
    cluster.create(
        TestCluster.deployment(
            "web",
            10,
            "app:1",
            "'strategy': {'type': 'RollingUpdate', 'rollingUpdate': {'maxSurge': 3,"
                + " 'maxUnavailable': 0}},"));
    cluster.settle();
    invariants.watch();
    cluster.setImage("web", "app:2");
    cluster.settle();
    assertThat(invariants.mostReplicas()).isEqualTo(13);
    assertThat(invariants.fewestAvailable()).isEqualTo(10);
  }

  @Test
  void eventsTellOfEachStep() {
    TestCluster cluster = cluster();
    cluster.create(
        TestCluster.deployment(
            "web",
            2,
            "app:1",
            "'strategy': {'type': 'RollingUpdate', 'rollingUpdate': {'maxSurge': 1,"
                + " 'maxUnavailable': 0}},"));
    cluster.settle();
    cluster.setImage("web", "app:2");
    cluster.settle();
    // 0→2; then 0→1, 2→1, 1→2, 1→0
    assertThat(cluster.recorder.counter("events/deployment-controller/ScalingReplicaSet")[0])
        .isEqualTo(5);
    assertThat(cluster.recorder.counter("deployment-controller/replicaSetsCreated")[0])
        .isEqualTo(2);
    assertThat(cluster.recorder.counter("replicaset-controller/podsCreated")[0]).isEqualTo(4);
    assertThat(cluster.recorder.counter("replicaset-controller/podsDeleted")[0]).isEqualTo(2);
  }

  @Test
  void rollbackBringsTheOldReplicaSetBackAsTheNewestRevision() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 3, "app:1", DEADLINE));
    cluster.settle();
    String first = newest(cluster).name();
    cluster.setImage("web", "app:2");
    cluster.settle();
    assertThat(newest(cluster).name()).isNotEqualTo(first);
    assertThat(revision(cluster)).isEqualTo("2");

    cluster.change(Kinds.DEPLOYMENT, "web", d -> Rollback.undo(d, cluster.replicaSets(), 0));
    cluster.settle();
    assertComplete(cluster, 3);
    assertThat(newest(cluster).name()).isEqualTo(first);
    assertThat(newest(cluster).metadata().annotations())
        .containsEntry(Annotations.REVISION, "3")
        .containsEntry(Annotations.REVISION_HISTORY, "1");
    assertThat(revision(cluster)).isEqualTo("3");
    assertThat(cluster.replicaSets()).hasSize(2);

    cluster.change(Kinds.DEPLOYMENT, "web", d -> Rollback.undo(d, cluster.replicaSets(), 2));
    cluster.settle();
    assertComplete(cluster, 3);
    assertThat(revision(cluster)).isEqualTo("4");
    assertThatThrownBy(
            () -> Rollback.undo(cluster.get(Kinds.DEPLOYMENT, "web"), cluster.replicaSets(), 2))
        .hasMessage("deployment \"web\" has no revision 2 in its history");
    assertThatThrownBy(
            () -> Rollback.undo(cluster.get(Kinds.DEPLOYMENT, "web"), cluster.replicaSets(), 4))
        .hasMessage("deployment \"web\" has the template of revision 4 already");
  }

  private static String revision(TestCluster cluster) {
    return cluster
        .get(Kinds.DEPLOYMENT, "web")
        .metadata()
        .annotations()
        .getOrDefault(Annotations.REVISION, "");
  }

  @Test
  void pauseStopsARolloutButNotScaling() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 8, "app:1", DEADLINE));
    cluster.settle();
    setPaused(cluster, true);
    cluster.settle();
    assertThat(progressing(cluster.get(Kinds.DEPLOYMENT, "web")).reason())
        .isEqualTo("DeploymentPaused");
    cluster.setImage("web", "app:2");
    cluster.settle();
    assertThat(cluster.replicaSets()).hasSize(1);

    cluster.scaleDeployment("web", 4);
    cluster.settle();
    assertThat(cluster.activePods())
        .hasSize(4)
        .allMatch(pod -> "app:1".equals(pod.spec().containers().getFirst().image()));

    setPaused(cluster, false);
    cluster.settle();
    assertComplete(cluster, 4);
    assertThat(cluster.activePods())
        .allMatch(pod -> "app:2".equals(pod.spec().containers().getFirst().image()));
  }

  private static void setPaused(TestCluster cluster, boolean paused) {
    cluster.change(
        Kinds.DEPLOYMENT,
        "web",
        d -> d.withSpec(DeploymentSpecBuilder.builder(d.spec()).paused(paused).build()));
  }

  @Test
  void scalingAmidARolloutKeepsProportions() {
    TestCluster cluster = cluster();
    cluster.create(
        TestCluster.deployment(
            "web",
            10,
            "app:1",
            "'strategy': {'type': 'RollingUpdate', 'rollingUpdate': {'maxSurge': 3,"
                + " 'maxUnavailable': 2}},"));
    cluster.settle();
    cluster.healthy = pod -> "app:1".equals(pod.spec().containers().getFirst().image());
    cluster.setImage("web", "app:2");
    cluster.settle();
    // kubernetes.io/docs, "Proportional scaling": 8 old and 5 new become 11 and 7.
    assertThat(sizes(cluster)).containsExactlyInAnyOrder(8, 5);
    cluster.scaleDeployment("web", 15);
    cluster.settle();
    assertThat(sizes(cluster)).containsExactlyInAnyOrder(11, 7);
  }

  private static List<Integer> sizes(TestCluster cluster) {
    return cluster.replicaSets().stream().map(set -> set.spec().replicas()).toList();
  }

  @Test
  void recreateNeverHasOldAndNewPodsAtOnce() {
    TestCluster cluster = cluster(LatencyProfile.TYPICAL);
    List<String> violations = new ArrayList<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      long images =
          cluster.store.list(Kinds.POD).stream()
              .map(pod -> pod.spec().containers().getFirst().image())
              .distinct()
              .count();
      if (images > 1) {
        violations.add("revision " + revision);
      }
    });
    cluster.create(
        TestCluster.deployment("web", 4, "app:1", "'strategy': {'type': 'Recreate'}," + DEADLINE));
    cluster.settle();
    assertComplete(cluster, 4);
    cluster.setImage("web", "app:2");
    cluster.settle();
    assertComplete(cluster, 4);
    assertThat(violations).isEmpty();
    assertThat(cluster.activePods())
        .allMatch(pod -> "app:2".equals(pod.spec().containers().getFirst().image()));
  }

  @Test
  void missesItsProgressDeadlineAndRecovers() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 3, "app:1", "'progressDeadlineSeconds': 100,"));
    cluster.settle();
    cluster.healthy = pod -> !"app:2".equals(pod.spec().containers().getFirst().image());
    long start = cluster.simulation.nanos();
    cluster.setImage("web", "app:2");
    cluster.runFor(99);
    assertThat(progressing(cluster.get(Kinds.DEPLOYMENT, "web")).reason())
        .isEqualTo("ReplicaSetUpdated");
    cluster.settle();
    Deployment stuck = cluster.get(Kinds.DEPLOYMENT, "web");
    assertThat(conditions(stuck)).contains("Progressing=False ProgressDeadlineExceeded");
    assertThat(progressing(stuck).message())
        .isEqualTo("ReplicaSet \"" + newest(cluster).name() + "\" has timed out progressing.");
    assertThat((cluster.simulation.nanos() - start) / TestCluster.SECOND).isBetween(100L, 104L);

    cluster.healthy = pod -> true;
    cluster.activePods().forEach(pod -> cluster.setReady(pod, true));
    cluster.settle();
    assertComplete(cluster, 3);
  }

  @Test
  void aCompleteRolloutLeavesNoTimer() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 3, "app:1", DEADLINE));
    cluster.settle();
    assertThat(cluster.simulation.nanos()).isLessThan(10 * TestCluster.SECOND);
  }

  @Test
  void aDeletedDeploymentLeavesNoTimer() {
    TestCluster cluster = cluster();
    cluster.healthy = pod -> false;
    cluster.create(TestCluster.deployment("web", 3, "app:1", DEADLINE));
    cluster.runFor(30);
    cluster.delete(Kinds.DEPLOYMENT, "web", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(cluster.simulation.nanos()).isLessThan(40 * TestCluster.SECOND);
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
  }

  @Test
  void keepsAsMuchHistoryAsAskedFor() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 1, "app:0", DEADLINE));
    cluster.change(
        Kinds.DEPLOYMENT,
        "web",
        d -> d.withSpec(DeploymentSpecBuilder.builder(d.spec()).revisionHistoryLimit(2).build()));
    for (int i = 1; i <= 6; i++) {
      cluster.settle();
      cluster.runFor(2);
      cluster.setImage("web", "app:" + i);
    }
    cluster.settle();
    assertThat(cluster.replicaSets())
        .extracting(set -> set.metadata().annotations().get(Annotations.REVISION))
        .containsExactlyInAnyOrder("5", "6", "7");
  }

  @Test
  void anOtherReplicaSetOfTheSameNameMakesItTryAnotherHash() {
    TestCluster cluster = cluster();
    Deployment web =
        (Deployment)
            Defaulting.apply(TestCluster.read(TestCluster.deployment("web", 2, "app:1", DEADLINE)));
    // The hash is over what is stored, with its defaults.
    String name = "web-" + TemplateHash.of(web.spec().template(), null);
    cluster.create(TestCluster.replicaSet(name, 0, ""));
    cluster.store.create(web);
    cluster.settle();
    assertComplete(cluster, 2);
    assertThat(cluster.get(Kinds.DEPLOYMENT, "web").status().collisionCount()).isEqualTo(1);
    assertThat(newest(cluster).name())
        .isEqualTo("web-" + TemplateHash.of(web.spec().template(), 1));
  }

  @Test
  void adoptsAndReleasesReplicaSets() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.replicaSet("old", 2, ""));
    cluster.settle();
    cluster.create(TestCluster.deployment("web", 2, "app:1", DEADLINE));
    cluster.settle();
    assertThat(owners(cluster)).isEmpty();

    label(cluster, "web");
    cluster.settle();
    assertThat(owners(cluster)).containsExactly("web");
    assertComplete(cluster, 2);

    label(cluster, "mine");
    cluster.settle();
    assertThat(owners(cluster)).isEmpty();
  }

  private static List<String> owners(TestCluster cluster) {
    return cluster.get(Kinds.REPLICA_SET, "old").metadata().ownerReferences().stream()
        .map(owner -> owner.name())
        .toList();
  }

  private static void label(TestCluster cluster, String app) {
    cluster.change(
        Kinds.REPLICA_SET,
        "old",
        s ->
            s.withMetadata(
                ObjectMetaBuilder.builder(s.metadata())
                    .labels(ImmutableMap.of("app", app))
                    .build()));
  }

  @Test
  void aRefusedReplicaSetIsToldAndTriedAFewTimes() {
    boolean[] refuse = {true};
    TestCluster cluster =
        new TestCluster(
                1,
                LatencyProfile.INSTANT,
                request -> {
                  if (refuse[0] && request.object() instanceof ReplicaSet) {
                    throw new ApiException(Reason.FORBIDDEN, "no room for another one");
                  }
                  return request.object();
                })
            .with(DeploymentController::new)
            .with(ReplicaSetController::new)
            .start();
    cluster.create(TestCluster.deployment("web", 2, "app:1", DEADLINE));
    cluster.settle();
    Deployment web = cluster.get(Kinds.DEPLOYMENT, "web");
    assertThat(conditions(web)).containsExactly("Progressing=False ReplicaSetCreateError");
    assertThat(progressing(web).message())
        .isEqualTo(
            "Failed to create new replica set \"web-%s\": no room for another one"
                .formatted(TemplateHash.of(web.spec().template(), null)));
    assertThat(cluster.recorder.counter("events/deployment-controller/ReplicaSetCreateError")[0])
        .isBetween(10L, 20L);

    refuse[0] = false;
    cluster.scaleDeployment("web", 3);
    cluster.settle();
    assertComplete(cluster, 3);
  }

  @Test
  void minReadySecondsDelaysAvailability() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 2, "app:1", "'minReadySeconds': 30," + DEADLINE));
    cluster.runFor(20);
    Deployment web = cluster.get(Kinds.DEPLOYMENT, "web");
    assertThat(web.status().readyReplicas()).isEqualTo(2);
    assertThat(web.status().availableReplicas()).isZero();
    cluster.settle();
    assertComplete(cluster, 2);
    assertThat(cluster.simulation.nanos() / TestCluster.SECOND).isBetween(31L, 33L);

    cluster.change(
        Kinds.DEPLOYMENT,
        "web",
        d -> d.withSpec(DeploymentSpecBuilder.builder(d.spec()).minReadySeconds(0).build()));
    cluster.settle();
    assertThat(newest(cluster).spec().minReadySeconds()).isEqualTo(0);
  }

  @Test
  void selectingEverythingIsRefused() {
    TestCluster cluster = cluster();
    Deployment web =
        (Deployment) TestCluster.read(TestCluster.deployment("web", 2, "app:1", DEADLINE));
    cluster.store.create(
        web.withSpec(
            DeploymentSpecBuilder.builder(web.spec())
                .selector(LabelSelectorBuilder.builder().build())
                .build()));
    cluster.settle();
    assertThat(cluster.replicaSets()).isEmpty();
    assertThat(cluster.get(Kinds.DEPLOYMENT, "web").status().observedGeneration()).isEqualTo(1);
    assertThat(cluster.recorder.counter("events/deployment-controller/SelectingAll")[0])
        .isPositive();
  }

  @Test
  void aReplicaSetScaledByHandIsSetBack() {
    TestCluster cluster = cluster();
    cluster.create(TestCluster.deployment("web", 3, "app:1", DEADLINE));
    cluster.settle();
    cluster.change(
        Kinds.REPLICA_SET,
        newest(cluster).name(),
        s -> s.withSpec(ReplicaSetSpecBuilder.builder(s.spec()).replicas(7).build()));
    cluster.settle();
    assertComplete(cluster, 3);
    assertThat(newest(cluster).metadata().deletionTimestamp()).isEqualTo(Timestamps.NONE);
  }
}

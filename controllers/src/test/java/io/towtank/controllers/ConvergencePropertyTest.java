package io.towtank.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.ReplicaSet;
import io.towtank.controllers.deployment.DeploymentController;
import io.towtank.controllers.deployment.Rollback;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.ApiException.Reason;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Users who scale, update, pause, roll back and delete at random, pods that fail and an API that
 * refuses now and then: whatever happened, once it ends the cluster comes to what was asked for.
 */
class ConvergencePropertyTest {
  private static final long MILLI = 1_000_000L;

  @Test
  void convergesOnceFaultsEnd() {
    Seeds.forEach(60, this::run);
  }

  static LatencyProfile profile(Random random) {
    long request = random.nextInt(3) * 7L * MILLI;
    long watch = random.nextInt(3) * 400L * MILLI;
    return new LatencyProfile(
        "random",
        random.nextBoolean()
            ? new Distribution.Constant(request)
            : new Distribution.Exponential(request),
        watch,
        ClientLimits.NONE,
        random.nextInt(3) == 0 ? new ClientLimits(20, 30) : ClientLimits.NONE,
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

  private void run(Random random) {
    boolean[] faults = {true};
    TestCluster cluster =
        new TestCluster(
                random.nextLong(),
                profile(random),
                request -> {
                  if (faults[0] && random.nextInt(12) == 0) {
                    throw new ApiException(Reason.INTERNAL_ERROR, "a fault");
                  }
                  return request.object();
                })
            .with(DeploymentController::new)
            .with(ReplicaSetController::new)
            .with(GarbageCollector::new)
            .start();
    cluster.startNanos = random.nextInt(3) * TestCluster.SECOND;
    cluster.stopNanos = random.nextInt(3) * TestCluster.SECOND;
    cluster.healthy = pod -> !faults[0] || random.nextInt(4) != 0;
    List<String> names = List.of("a", "b");
    for (int step = 0; step < 60; step++) {
      String name = names.get(random.nextInt(names.size()));
      try {
        act(random, cluster, name);
      } catch (ApiException | IllegalArgumentException e) {
        // The user is told, and goes on.
      }
      cluster.simulation.run(
          new StopCondition.Time(
              cluster.simulation.nanos() + random.nextLong(3 * TestCluster.SECOND)));
    }
    faults[0] = false;
    for (String name : names) {
      Deployment deployment = cluster.store.get(Kinds.DEPLOYMENT, "default", name);
      if (deployment != null) {
        cluster.change(
            Kinds.DEPLOYMENT,
            name,
            d ->
                d.withSpec(
                    DeploymentSpecBuilder.builder(d.spec())
                        .paused(false)
                        .replicas(random.nextInt(6))
                        .build()));
      }
    }
    // Pods that started badly recover, and the rest is up to the controllers.
    cluster.settle();
    for (Pod pod : cluster.activePods()) {
      cluster.setReady(cluster.get(Kinds.POD, pod.name()), true);
    }
    cluster.settle();
    int wanted = 0;
    for (String name : names) {
      wanted += check(cluster, cluster.store.get(Kinds.DEPLOYMENT, "default", name));
    }
    assertThat(cluster.activePods()).hasSize(wanted);
    check(cluster.store);
  }

  private static void act(Random random, TestCluster cluster, String name) {
    Deployment deployment = cluster.store.get(Kinds.DEPLOYMENT, "default", name);
    if (deployment == null) {
      cluster.create(
          TestCluster.deployment(
              name,
              random.nextInt(8),
              "app:" + random.nextInt(4),
              (random.nextInt(4) == 0 ? "'strategy': {'type': 'Recreate'}," : "")
                  + (random.nextInt(3) == 0 ? "'minReadySeconds': 2," : "")
                  + "'progressDeadlineSeconds': 20,"));
      return;
    }
    List<Pod> pods = new ArrayList<>(cluster.store.list(Kinds.POD));
    @Nullable Pod pod = pods.isEmpty() ? null : pods.get(random.nextInt(pods.size()));
    switch (random.nextInt(12)) {
      case 0, 1 -> cluster.scaleDeployment(name, random.nextInt(8));
      case 2, 3 -> cluster.setImage(name, "app:" + random.nextInt(4));
      case 4 ->
          cluster.change(
              Kinds.DEPLOYMENT,
              name,
              d ->
                  d.withSpec(
                      DeploymentSpecBuilder.builder(d.spec())
                          .paused(random.nextBoolean())
                          .build()));
      case 5 ->
          cluster.change(Kinds.DEPLOYMENT, name, d -> Rollback.undo(d, cluster.replicaSets(), 0));
      case 6 ->
          cluster.store.delete(
              Kinds.DEPLOYMENT,
              "default",
              name,
              new DeleteOptions(
                  null,
                  random.nextBoolean()
                      ? DeleteOptions.Propagation.BACKGROUND
                      : DeleteOptions.Propagation.FOREGROUND,
                  null));
      case 7, 8 -> {
        if (pod != null) {
          cluster.end(pod, random.nextBoolean() ? PodPhase.FAILED : PodPhase.SUCCEEDED);
        }
      }
      case 9 -> {
        if (pod != null) {
          cluster.delete(Kinds.POD, pod.name(), DeleteOptions.DEFAULT);
        }
      }
      case 10 -> {
        // Not with Recreate: with two sets that have pods, scaling it does nothing, for ever, as
        // upstream (deployment/sync.go: scale).
        if (!cluster.replicaSets().isEmpty() && deployment.spec().strategy() == null) {
          ReplicaSet set = cluster.replicaSets().get(random.nextInt(cluster.replicaSets().size()));
          if (set.name().startsWith(name)) {
            cluster.scaleReplicaSet(set.name(), random.nextInt(5));
          }
        }
      }
      default -> {
        if (pod != null && !pod.status().phase().isTerminal()) {
          cluster.setReady(pod, random.nextBoolean());
        }
      }
    }
  }

  private static int check(TestCluster cluster, @Nullable Deployment deployment) {
    if (deployment == null) {
      return 0;
    }
    int wanted = Objects.requireNonNull(deployment.spec().replicas());
    assertThat(deployment.metadata().deletionTimestamp()).isNegative();
    assertThat(deployment.status().observedGeneration())
        .isEqualTo(deployment.metadata().generation());
    assertThat(
            List.of(
                deployment.status().replicas(),
                deployment.status().updatedReplicas(),
                deployment.status().availableReplicas(),
                deployment.status().unavailableReplicas()))
        .as(deployment.name())
        .containsExactly(wanted, wanted, wanted, 0);
    String image = deployment.spec().template().spec().containers().getFirst().image();
    assertThat(
            cluster.activePods().stream()
                .filter(pod -> pod.name().startsWith(deployment.name() + "-"))
                .map(pod -> pod.spec().containers().getFirst().image()))
        .hasSize(wanted)
        .allMatch(its -> Objects.equals(its, image));
    return wanted;
  }

  /** Nothing is left of what was deleted. */
  private static void check(ApiStore store) {
    for (ReplicaSet set : store.list(Kinds.REPLICA_SET)) {
      assertThat(set.metadata().ownerReferences())
          .singleElement()
          .satisfies(owner -> {
            Deployment deployment = store.get(Kinds.DEPLOYMENT, "default", owner.name());
            assertThat(deployment == null ? null : deployment.metadata().uid())
                .as(set.name())
                .isEqualTo(owner.uid());
          });
    }
  }
}

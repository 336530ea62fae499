package io.towtank.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Deployment;
import io.towtank.api.Kinds;
import io.towtank.api.ReplicaSet;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.latency.LatencyProfile;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Roll-outs in a small cluster. */
class DeploymentControllerTest {
  private static TestCluster cluster(String profile) {
    return new TestCluster(
            1, profile.equals("instant") ? LatencyProfile.INSTANT : LatencyProfile.TYPICAL)
        .with(DeploymentController::new)
        .with(ReplicaSetController::new)
        .with(GarbageCollector::new)
        .start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"instant", "typical"})
  void createScaleUpdate(String profile) {
    TestCluster cluster = cluster(profile);
    cluster.create(TestCluster.deployment("web", 3, "app:1", "'progressDeadlineSeconds': 600,"));
    cluster.settle();
    assertStatus(cluster, 3);
    assertThat(cluster.activePods()).hasSize(3);

    cluster.scaleDeployment("web", 10);
    cluster.settle();
    assertStatus(cluster, 10);
    assertThat(cluster.activePods()).hasSize(10);

    cluster.setImage("web", "app:2");
    cluster.settle();
    assertStatus(cluster, 10);
    assertThat(cluster.activePods()).hasSize(10);
    assertThat(cluster.replicaSets())
        .extracting(set -> set.spec().replicas())
        .containsExactlyInAnyOrder(0, 10);

    cluster.scaleDeployment("web", 2);
    cluster.settle();
    assertStatus(cluster, 2);
    assertThat(cluster.activePods()).hasSize(2);
  }

  private static void assertStatus(TestCluster cluster, int replicas) {
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
    assertThat(web.status().conditions())
        .extracting(c -> c.type() + "=" + c.status() + " " + c.reason())
        .containsExactlyInAnyOrder(
            "Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable");
    List<ReplicaSet> sets = cluster.replicaSets();
    assertThat(sets.stream().mapToInt(set -> set.status().replicas()).sum()).isEqualTo(replicas);
  }
}

package io.towtank.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.DeploymentStatusBuilder;
import io.towtank.api.DeploymentStrategyBuilder;
import io.towtank.api.IntOrString;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.RollingUpdateDeploymentBuilder;
import io.towtank.controllers.TestCluster;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {
  private static Deployment deployment(
      int replicas, @Nullable String surge, @Nullable String unavailable) {
    Deployment plain =
        (Deployment) TestCluster.read(TestCluster.deployment("d", replicas, "app:1", ""));
    return plain.withSpec(
        DeploymentSpecBuilder.builder(plain.spec())
            .strategy(
                DeploymentStrategyBuilder.builder()
                    .type("RollingUpdate")
                    .rollingUpdate(
                        RollingUpdateDeploymentBuilder.builder()
                            .maxSurge(parse(surge))
                            .maxUnavailable(parse(unavailable))
                            .build())
                    .build())
            .build());
  }

  private static @Nullable IntOrString parse(@Nullable String text) {
    return text == null
        ? null
        : text.endsWith("%") ? IntOrString.of(text) : IntOrString.of(Integer.parseInt(text));
  }

  @ParameterizedTest(name = "{0} replicas, surge {1}, unavailable {2}: +{3} -{4}")
  @CsvSource({
    "10, 25%, 25%, 3, 2",
    "4, 25%, 25%, 1, 1",
    "3, 25%, 25%, 1, 0",
    "1, 25%, 25%, 1, 0",
    "1, , , 0, 1",
    "10, , 25%, 0, 2",
    "10, 25%, , 3, 0",
    "10, 0, 0, 0, 1",
    "2, 0, 25%, 0, 1",
    "2, 0%, 0%, 0, 1",
    "5, 0, 100%, 0, 5",
    "5, 0, 9, 0, 5",
    "0, 0, 3, 0, 0",
    "0, 5, 3, 5, 0",
    "150, 10%, 1, 15, 1"
  })
  void bounds(
      int replicas, @Nullable String surge, @Nullable String unavailable, int more, int fewer) {
    Deployment deployment = deployment(replicas, surge, unavailable);
    assertThat(Rollout.maxSurge(deployment)).isEqualTo(more);
    assertThat(Rollout.maxUnavailable(deployment)).isEqualTo(fewer);
  }

  private static ReplicaSet set(int replicas, @Nullable String max) {
    ReplicaSet set = (ReplicaSet) TestCluster.read(TestCluster.replicaSet("s", replicas, ""));
    return max == null
        ? set
        : set.withMetadata(
            ObjectMetaBuilder.builder(set.metadata())
                .annotations(ImmutableMap.of(Annotations.MAX_REPLICAS, max))
                .build());
  }

  @ParameterizedTest(name = "newest {2} of {1} in all, {0} wanted: {3}")
  @CsvSource({
    "10, 10, 0, 3",
    "10, 13, 3, 3",
    "10, 8, 5, 10",
    "10, 5, 9, 10",
    "10, 0, 0, 10",
    "10, 20, 4, 4"
  })
  void nextReplicas(int wanted, int all, int newest, int next) {
    assertThat(
            Rollout.nextReplicas(deployment(wanted, "25%", "25%"), List.of(set(all, null)), newest))
        .isEqualTo(next);
  }

  @ParameterizedTest(name = "{0} of max {1}, to {2} replicas, {3} to add, {4} added: {5}")
  @CsvSource({
    "8, 13, 15, 5, 0, 3",
    "5, 13, 15, 5, 3, 2",
    "0, 13, 15, 5, 0, 0",
    "8, 13, 15, 0, 0, 0",
    "8, 13, 15, 5, 5, 0",
    "8, 13, 15, 1, 0, 1",
    "8, 13, 0, -8, 0, -8",
    "8, 13, 5, -5, 0, -3",
    "8, 13, 5, -3, 0, -3",
    "8, , 15, 5, 0, 0",
    "8, 0, 15, 5, 0, 0",
    "8, x, 15, 5, 0, 0",
    "17, 5, 17, -24, -1, 51"
  })
  void proportion(
      int size, @Nullable String max, int replicas, int toAdd, int added, int expected) {
    assertThat(Rollout.proportion(deployment(replicas, "3", "2"), set(size, max), toAdd, added))
        .isEqualTo(expected);
  }

  @Test
  void withoutAnnotationTheProportionIsOfTheStatus() {
    Deployment deployment = deployment(15, "3", "2");
    Deployment running =
        deployment.withStatus(
            DeploymentStatusBuilder.builder(deployment.status()).replicas(13).build());
    assertThat(Rollout.proportion(running, set(8, null), 5, 0)).isEqualTo(3);
  }
}

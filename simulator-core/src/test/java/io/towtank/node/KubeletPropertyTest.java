package io.towtank.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.ProbeBuilder;
import io.towtank.api.Timestamps;
import io.towtank.latency.LatencyProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pods come and go, nodes crash and return, at random. Whatever happens: phases only move forward,
 * a pod stays on its node, no two pods of a node have one address, what pods take of nodes adds up
 * (the kubelets' self-check, every few events), deletions finish, and once all nodes are back every
 * pod that is to run runs.
 *
 * <p>{@code -Dtowtank.seed=N} runs one seed, {@code -Dtowtank.seeds=N} so many.
 */
class KubeletPropertyTest {
  private static final int NODES = 4;
  private static final int STEPS = 150;

  static List<Long> seeds() {
    Long seed = Long.getLong("towtank.seed");
    if (seed != null) {
      return List.of(seed);
    }
    List<Long> seeds = new ArrayList<>();
    for (long i = 0; i < Long.getLong("towtank.seeds", 40); i++) {
      seeds.add(i);
    }
    return seeds;
  }

  /** Some containers end, some crash, most run on; drawn from the node's stream. */
  private static ContainerRun behave(
      Pod pod, Container container, boolean init, int attempt, RandomGenerator random) {
    if (init) {
      return ContainerRun.of(
          random.nextLong(5 * TestCluster.SECOND), random.nextInt(8) == 0 ? 1 : 0);
    }
    if (pod.name().startsWith("server") || container.name().equals("proxy")) {
      return ContainerRun.ENDLESS;
    }
    return ContainerRun.of(random.nextLong(60 * TestCluster.SECOND), random.nextInt(3));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void invariantsHold(long seed) {
    Random random = new Random(seed);
    TestCluster cluster =
        new TestCluster(
            seed % 3 == 0 ? LatencyProfile.INSTANT : LatencyProfile.TYPICAL,
            KubeletPropertyTest::behave,
            ImageSizes.DEFAULT,
            seed);
    watchPhases(cluster);
    cluster.nodes(NODES);
    int created = 0;
    for (int step = 0; step < STEPS; step++) {
      List<Pod> pods = cluster.store.list(Kinds.POD);
      String node = "node-0000" + random.nextInt(NODES);
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          String kind = random.nextBoolean() ? "server" : "job";
          cluster.run(kind + created++, node, spec(random, kind));
        }
        case 4, 5 -> {
          if (!pods.isEmpty()) {
            cluster.delete(pods.get(random.nextInt(pods.size())).name());
          }
        }
        case 6 -> {
          if (!pods.isEmpty()) {
            // As a StatefulSet does, another pod of the same name may follow at once.
            Pod pod = pods.get(random.nextInt(pods.size()));
            cluster.forceDelete(pod.name());
            cluster.run(pod.name(), node, pod.spec());
          }
        }
        case 7 -> cluster.faults.fail(ImmutableList.of(node));
        case 8 -> cluster.faults.restore(ImmutableList.of(node));
        default -> {}
      }
      cluster.until(cluster.simulation.nanos() / 1e9 + random.nextDouble() * 5);
    }
    cluster.faults.restore(
        ImmutableList.of("node-00000", "node-00001", "node-00002", "node-00003"));
    cluster.until(cluster.simulation.nanos() / 1e9 + 1000);
    for (Pod pod : cluster.store.list(Kinds.POD)) {
      assertThat(pod.metadata().deletionTimestamp())
          .as("deletion of %s, seed %d", pod.name(), seed)
          .isEqualTo(Timestamps.NONE);
      if (pod.name().startsWith("server") && "Always".equals(pod.spec().restartPolicy())) {
        PodCondition ready = pod.status().condition("Ready");
        assertThat(requireNonNull(ready).status())
            .as("readiness of %s, seed %d", pod.name(), seed)
            .isEqualTo(ConditionStatus.TRUE);
      }
    }
    for (Pod pod : cluster.store.list(Kinds.POD)) {
      cluster.delete(pod.name());
    }
    cluster.untilIdle();
    assertThat(cluster.store.list(Kinds.POD)).as("pods left, seed %d", seed).isEmpty();
    for (int i = 0; i < NODES; i++) {
      assertThat(cluster.kubelets.podsOn("node-0000" + i)).as("seed %d", seed).isEmpty();
    }
  }

  private static void watchPhases(TestCluster cluster) {
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (previous instanceof Pod before && current instanceof Pod after) {
        // kubelet: getPhase, init containers that run again after a crash make a pod Pending
        boolean back =
            !after.spec().initContainers().isEmpty() && after.status().phase() == PodPhase.PENDING;
        assertThat(back ? 1 : rank(after.status().phase()))
            .as("%s: %s after %s", after.name(), after.status().phase(), before.status().phase())
            .isGreaterThanOrEqualTo(rank(before.status().phase()));
        if (before.status().phase().isTerminal()) {
          assertThat(after.status().phase()).isEqualTo(before.status().phase());
        }
        if (before.nodeName() != null) {
          assertThat(after.nodeName()).isEqualTo(before.nodeName());
        }
      }
    });
  }

  private static int rank(PodPhase phase) {
    return switch (phase) {
      case PENDING, UNKNOWN -> 0;
      case RUNNING -> 1;
      case SUCCEEDED, FAILED -> 2;
    };
  }

  private static PodSpec spec(Random random, String kind) {
    Container app = TestCluster.container("app", "image-" + random.nextInt(5));
    if (random.nextInt(3) == 0) {
      app =
          ContainerBuilder.builder(app)
              .readinessProbe(
                  ProbeBuilder.builder()
                      .initialDelaySeconds(random.nextInt(5))
                      .periodSeconds(1 + random.nextInt(5))
                      .build())
              .build();
    }
    if (random.nextInt(4) == 0) {
      app =
          ContainerBuilder.builder(app)
              .startupProbe(ProbeBuilder.builder().periodSeconds(1).failureThreshold(60).build())
              .build();
    }
    ImmutableList.Builder<Container> containers = ImmutableList.builder();
    containers.add(app);
    if (random.nextInt(3) == 0) {
      containers.add(TestCluster.container("log", "image-" + random.nextInt(5)));
    }
    ImmutableList.Builder<Container> inits = ImmutableList.builder();
    if (random.nextInt(4) == 0) {
      inits.add(TestCluster.container("init", "image-0"));
    }
    if (random.nextInt(4) == 0) {
      inits.add(
          ContainerBuilder.builder(TestCluster.container("proxy", "image-1"))
              .restartPolicy("Always")
              .build());
    }
    String[] policies = {"Always", "OnFailure", "Never"};
    return PodSpecBuilder.builder()
        .containers(containers.build())
        .initContainers(inits.build())
        .restartPolicy(kind.equals("server") ? "Always" : policies[random.nextInt(3)])
        .terminationGracePeriodSeconds((long) random.nextInt(40))
        .build();
  }
}

package io.towtank.controllers.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.controllers.Seeds;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.workload.Pods;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Counts that are kept up against counts from scratch. */
class OwnedPodsTest {
  private static final long SECOND = TestCluster.SECOND;
  private static final ImmutableList<PodPhase> PHASES = ImmutableList.copyOf(PodPhase.values());

  @Test
  void countsAsIfCountedFromScratch() {
    Seeds.forEach(200, this::run);
  }

  private void run(Random random) {
    ReplicaSet set =
        (ReplicaSet)
            TestCluster.read(
                TestCluster.replicaSet(
                    "s", 3, "'minReadySeconds': " + random.nextInt(3) * 10 + ","));
    OwnedPods owned = new OwnedPods();
    Map<String, Pod> model = new TreeMap<>();
    long now = TestCluster.EPOCH;
    boolean configured = random.nextBoolean();
    if (configured) {
      owned.configure(set);
    }
    for (int step = 0; step < 100; step++) {
      switch (random.nextInt(8)) {
        case 0 -> {
          String name = "p" + random.nextInt(10);
          owned.remove(name);
          model.remove(name);
        }
        case 1 -> {
          set =
              set.withSpec(
                  ReplicaSetSpecBuilder.builder(set.spec())
                      .minReadySeconds(random.nextInt(3) * 10)
                      .build());
          owned.configure(set);
          configured = true;
        }
        case 2, 3 -> now += random.nextInt(12) * SECOND;
        default -> {
          Pod pod = pod(random, now, set);
          owned.put(pod);
          model.put(pod.name(), pod);
        }
      }
      if (!configured) {
        owned.configure(set);
        configured = true;
      }
      assertThat(owned.counts(now)).isEqualTo(counted(set, model, now));
      long next = owned.nextAvailableNanos();
      if (next != Timestamps.NONE) {
        assertThat(next).isGreaterThan(now);
        assertThat(counted(set, model, next - 1)).isEqualTo(counted(set, model, now));
        assertThat(counted(set, model, next)).isNotEqualTo(counted(set, model, now));
      }
    }
  }

  private static Pod pod(Random random, long now, ReplicaSet set) {
    ImmutableMap<String, String> labels =
        switch (random.nextInt(4)) {
          case 0 -> ImmutableMap.of("app", "other");
          case 1 -> ImmutableMap.of("app", "s", "more", "yes");
          default -> templateLabels(set);
        };
    return PodBuilder.builder((Pod) TestCluster.read("{'apiVersion': 'v1', 'kind': 'Pod'}"))
        .metadata(
            ObjectMetaBuilder.builder()
                .name("p" + random.nextInt(10))
                .labels(labels)
                .deletionTimestamp(random.nextInt(6) == 0 ? now : Timestamps.NONE)
                .build())
        .status(
            PodStatusBuilder.builder()
                .phase(PHASES.get(random.nextInt(PHASES.size())))
                .conditions(
                    ImmutableList.of(
                        PodConditionBuilder.builder()
                            .type("Ready")
                            .status(
                                random.nextInt(4) == 0
                                    ? ConditionStatus.FALSE
                                    : ConditionStatus.TRUE)
                            .lastTransitionTime(
                                random.nextInt(8) == 0
                                    ? Timestamps.NONE
                                    : now - random.nextInt(25) * SECOND)
                            .build()))
                .build())
        .build();
  }

  private static ImmutableMap<String, String> templateLabels(ReplicaSet set) {
    return Objects.requireNonNull(set.spec().template()).metadata().labels();
  }

  private static PodCounts counted(ReplicaSet set, Map<String, Pod> pods, long now) {
    assertThat(set.kind()).isEqualTo(Kinds.REPLICA_SET);
    PodCounts counts = new PodCounts(0, 0, 0, 0);
    for (Pod pod : pods.values()) {
      if (Pods.isActive(pod)
          && Selector.of(set.spec().selector()).matches(pod.metadata().labels())) {
        counts = counts.plus(pod, templateLabels(set), ReplicaSetSync.minReadySeconds(set), now);
      }
    }
    return counts;
  }
}

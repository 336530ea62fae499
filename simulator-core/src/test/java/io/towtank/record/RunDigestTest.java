package io.towtank.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.codec.ObjectCodec;
import io.towtank.time.SimClock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RunDigestTest {
  private static final SimClock CLOCK =
      new SimClock() {
        @Override
        public long nanos() {
          return 5;
        }

        @Override
        public long epochNanos() {
          return 5;
        }
      };

  private static final Pod POD =
      PodBuilder.builder()
          .metadata(
              ObjectMetaBuilder.builder()
                  .name("web-1")
                  .namespace("default")
                  .labels(ImmutableMap.of("app", "web", "tier", "front"))
                  .build())
          .resourceVersion(7)
          .spec(
              PodSpecBuilder.builder()
                  .containers(
                      ImmutableList.of(
                          ContainerBuilder.builder()
                              .name("c")
                              .image("nginx:1")
                              .resources(
                                  ResourceRequirementsBuilder.builder()
                                      .requests(ImmutableMap.of("cpu", Quantity.ofMillis(100)))
                                      .build())
                              .build()))
                  .build())
          .status(
              PodStatusBuilder.builder()
                  .phase(PodPhase.PENDING)
                  .conditions(
                      ImmutableList.of(
                          PodConditionBuilder.builder()
                              .type("Ready")
                              .status(ConditionStatus.FALSE)
                              .build()))
                  .build())
          .build();

  private static String digestOf(Pod pod) {
    RunDigest digest = new RunDigest(CLOCK);
    digest.committed(null, pod, 1);
    return digest.toString();
  }

  @Test
  void theSameWritesHaveTheSameDigestWhateverObjectsBearThem() {
    Pod copy = ObjectCodec.read(Kinds.POD, ObjectCodec.write(POD));
    assertThat(copy).isNotSameAs(POD).isEqualTo(POD);
    assertThat(digestOf(copy)).isEqualTo(digestOf(POD)).matches("[0-9a-f]{16}");
  }

  /** A digest that was printed once must come out on every machine and in every later run. */
  @Test
  void theDigestDependsOnNothingButTheWrites() {
    assertThat(digestOf(POD)).isEqualTo("fdad8fa5a373146c");
  }

  @Test
  void theOrderOfLabelsDoesNotCount() {
    Pod turned = meta(m -> m.labels(ImmutableMap.of("tier", "front", "app", "web")));
    assertThat(digestOf(turned)).isEqualTo(digestOf(POD));
  }

  @Test
  void everyDifferenceCounts() {
    List<Pod> different =
        List.of(
            POD,
            POD.withResourceVersion(8),
            meta(m -> m.name("web-2")),
            meta(m -> m.namespace(null)),
            meta(m -> m.labels(ImmutableMap.of("app", "web"))),
            meta(m -> m.labels(ImmutableMap.of("app", "front", "tier", "web"))),
            meta(m -> m.deletionTimestamp(1_000_000_000L)),
            PodBuilder.builder(POD).nodeName("node-1").build(),
            PodBuilder.builder(POD)
                .spec(PodSpecBuilder.builder(POD.spec()).priority(3).build())
                .build(),
            POD.withStatus(PodStatusBuilder.builder(POD.status()).phase(PodPhase.RUNNING).build()),
            POD.withStatus(
                PodStatusBuilder.builder(POD.status()).conditions(ImmutableList.of()).build()));
    Set<String> digests = new LinkedHashSet<>();
    different.forEach(pod -> digests.add(digestOf(pod)));
    assertThat(digests).hasSameSizeAs(different);
  }

  @Test
  void creationChangeAndDeletionDiffer() {
    RunDigest created = new RunDigest(CLOCK);
    created.committed(null, POD, 1);
    RunDigest changed = new RunDigest(CLOCK);
    changed.committed(POD, POD, 1);
    RunDigest deleted = new RunDigest(CLOCK);
    deleted.committed(POD, null, 1);
    assertThat(Set.of(created.toString(), changed.toString(), deleted.toString())).hasSize(3);
  }

  private static Pod meta(UnaryOperator<ObjectMetaBuilder> change) {
    ObjectMeta meta = change.apply(ObjectMetaBuilder.builder(POD.metadata())).build();
    return POD.withMetadata(meta);
  }
}

package io.towtank.record;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.Selection;
import io.towtank.time.SimClock;
import io.towtank.time.Simulation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunDigestTest {
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
    assertThat(digestOf(POD)).isEqualTo("ecd464d90f736fcc");
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

  @Test
  void twoRunsWithTheSameInputHaveTheSameDigest() {
    assertThat(DigestRun.digest(1)).isEqualTo(DigestRun.digest(1)).matches("[0-9a-f]{16} \\d+");
    assertThat(DigestRun.digest(1)).isNotEqualTo(DigestRun.digest(2));
  }

  /** Other heaps, collectors, layouts and identity hash codes (2: all the same, 3: counted). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx48m -XX:+UseSerialGC -XX:hashCode=2 -XX:TieredStopAtLevel=1",
        "-Xmx300m -XX:+UseParallelGC -XX:hashCode=3 -XX:+UseCompactObjectHeaders"
      })
  void anotherJvmHasTheSameDigest(String options) throws Exception {
    assertThat(inAnotherJvm(options, 11)).isEqualTo(DigestRun.digest(11));
  }

  private static String inAnotherJvm(String options, long seed)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UnlockExperimentalVMOptions");
    command.addAll(List.of(options.split(" ", -1)));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DigestRun.class.getName());
    command.add(Long.toString(seed));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(output).isTrue();
    return output.strip();
  }

  @Test
  void everyPartOfAWriteCounts() {
    List<Long> digests = new ArrayList<>();
    for (int variant = 0; variant < 7; variant++) {
      Simulation simulation = new Simulation(1, 0);
      ApiStore store = new ApiStore(simulation, ImmutableList.of());
      RunDigest digest = new RunDigest(simulation);
      Pod pod = new Samples(1).of(Kinds.POD);
      if (variant == 1) {
        simulation.step(1);
      } else if (variant == 2) {
        store.restore(new Samples(2).of(Kinds.NODE));
      }
      store.addCommitListener(digest);
      if (variant == 3) {
        pod = pod.withMetadata(named(pod, "other", "default"));
      } else if (variant == 4) {
        pod = pod.withMetadata(named(pod, pod.name(), "other"));
      }
      store.restore(pod);
      if (variant == 5) {
        store.updateStatus(
            pod.withStatus(new Samples(9).<Pod>of(Kinds.POD).status()).withResourceVersion(0));
      } else if (variant == 6) {
        store.deleteCollection(Kinds.POD, Selection.ALL, DeleteOptions.NOW);
      }
      digests.add(digest.value());
    }
    assertThat(digests).doesNotHaveDuplicates();
  }

  private static ObjectMeta named(Pod pod, String name, String namespace) {
    return ObjectMetaBuilder.builder(pod.metadata()).name(name).namespace(namespace).build();
  }
}

package io.towtank.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerStateBuilder;
import io.towtank.api.ContainerStateRunningBuilder;
import io.towtank.api.ContainerStatus;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.time.SimClock;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsServerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long EPOCH = 1_767_225_600L * SECOND;

  private static SimClock at(long seconds) {
    Simulation simulation = new Simulation(1, EPOCH);
    simulation.run(new StopCondition.Time(seconds * SECOND));
    return simulation;
  }

  private static ContainerStatus container(String name, long startedSeconds) {
    return ContainerStatusBuilder.builder()
        .name(name)
        .state(
            startedSeconds < 0
                ? null
                : ContainerStateBuilder.builder()
                    .running(
                        ContainerStateRunningBuilder.builder()
                            .startedAt(EPOCH + startedSeconds * SECOND)
                            .build())
                    .build())
        .build();
  }

  private static Pod pod(ImmutableMap<String, String> annotations, ContainerStatus... statuses) {
    ImmutableList<ContainerStatus> all = ImmutableList.copyOf(statuses);
    return PodBuilder.builder()
        .metadata(
            ObjectMetaBuilder.builder()
                .name("a")
                .namespace("default")
                .annotations(annotations)
                .build())
        .spec(
            PodSpecBuilder.builder()
                .containers(
                    all.stream()
                        .map(status ->
                            ContainerBuilder.builder()
                                .name(status.name())
                                .resources(
                                    ResourceRequirementsBuilder.builder()
                                        .requests(
                                            ImmutableMap.of(
                                                "cpu", Quantity.parse("2"),
                                                "memory", Quantity.parse("100")))
                                        .build())
                                .build())
                        .collect(ImmutableList.toImmutableList()))
                .build())
        .status(PodStatusBuilder.builder().phase(PodPhase.RUNNING).containerStatuses(all).build())
        .build();
  }

  private static MetricsServer server(long nowSeconds, long resolutionSeconds) {
    return new MetricsServer(
        at(nowSeconds),
        new AnnotatedUse(EPOCH, (pod, container) -> pod.metadata().annotations()),
        resolutionSeconds * SECOND);
  }

  /** When the reading is of what is told at a time, and over how long. */
  @ParameterizedTest
  @CsvSource({
    // Started at 20 s: read at 30 s, when it has run for 10 s, which is just enough.
    "20, 29, 15, , ",
    "20, 30, 15, 30, 10",
    "20, 44, 15, 30, 10",
    "20, 45, 15, 45, 15",
    // 9 s are too few; what is told then comes one reading later.
    "21, 30, 15, , ",
    "21, 44, 15, , ",
    "21, 45, 15, 45, 15",
    // As metrics-server comes without its manifests.
    "21, 59, 60, , ",
    "21, 60, 60, 60, 39",
    "21, 119, 60, 60, 39",
    "21, 120, 60, 120, 60",
    // Long ago.
    "0, 1000, 15, 990, 15",
  })
  void tellsWhatItReadLast(
      long started, long now, long resolution, @Nullable Long readAt, @Nullable Long window) {
    Pod pod = pod(ImmutableMap.of(AnnotatedUse.CPU, "50%"), container("app", started));
    MetricsApi.Sample sample = server(now, resolution).resource(pod, "cpu", null);
    if (readAt == null) {
      assertThat(sample).isNull();
    } else {
      assertThat(sample)
          .isEqualTo(
              new MetricsApi.Sample(
                  1000, EPOCH + readAt * SECOND, Objects.requireNonNull(window) * SECOND));
    }
  }

  @Test
  void aPodIsKnownWhenAllItsContainersAre() {
    ImmutableMap<String, String> use = ImmutableMap.of(AnnotatedUse.CPU, "300m");
    Pod late = pod(use, container("app", 0), container("proxy", 50));
    assertThat(server(59, 15).resource(late, "cpu", null)).isNull();
    assertThat(Objects.requireNonNull(server(59, 15).resource(late, "cpu", "app")).milli())
        .isEqualTo(300);
    assertThat(Objects.requireNonNull(server(60, 15).resource(late, "cpu", null)).milli())
        .isEqualTo(600);
    Pod waiting = pod(use, container("app", 0), container("proxy", -1));
    assertThat(server(600, 15).resource(waiting, "cpu", null)).isNull();
  }

  @Test
  void memoryIsWhatItHasGrownToWhenItIsRead() {
    Pod pod =
        pod(
            ImmutableMap.of(AnnotatedUse.MEMORY, "50%", AnnotatedUse.MEMORY_GROWTH, "120/m"),
            container("app", 15));
    assertThat(Objects.requireNonNull(server(44, 15).resource(pod, "memory", "app")).milli())
        .isEqualTo((50 + 2 * 15) * 1000);
    assertThat(Objects.requireNonNull(server(75, 15).resource(pod, "memory", "app")).milli())
        .isEqualTo((50 + 2 * 60) * 1000);
    assertThat(Objects.requireNonNull(server(75, 15).resource(pod, "cpu", "app")).milli()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "1Mi/s, 1048576",
    "100Mi/m, 1747626",
    "1Gi/h, 298261",
    "1Mi, -1",
    "1Mi/d, -1",
    "10%/s, -1",
    "-5/s, -1",
  })
  void growthIsReadAsBytesASecond(String text, long bytes) {
    assertThat(Growth.bytesPerSecond(text)).isEqualTo(bytes);
  }
}

package io.towtank.controllers.verticalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.base.Splitter;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateRunning;
import io.towtank.api.ContainerStateTerminatedBuilder;
import io.towtank.api.ContainerStatus;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerSamplesTest {
  private static final long HOUR = 3600 * TestCluster.SECOND;
  private static final long MI = 1 << 20;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // hours=MiB; oom:hours=MiB requested | the peaks that count, oldest first
        "0=100 | 100",
        "0=100 1=200 2=150 | 200",
        "0=100 23=300 | 300",
        // A new window begins after a day.
        "0=100 24=50 | 100 50",
        "0=100 24=50 25=60 | 100 60",
        // Windows in which there was nothing are left out.
        "0=100 100=50 119=70 120=60 | 100 70 60",
        // What comes too late is left out.
        "5=100 4=900 | 100",
        // 100 MiB more, or a fifth.
        "0=100 oom:1=200 | 300",
        "0=100 oom:1=1000 | 1200",
        // By what it used, if that is more than it requests.
        "0=600 oom:1=200 | 720",
        // The next time no more: what was needed is no use.
        "0=100 oom:1=200 oom:2=200 | 300",
        "oom:0=200 1=100 | 300",
        "oom:0=200 1=400 | 400",
        // One of the day before, which is noted late, and one that is too old.
        "0=100 24=50 oom:23=100 | 100 50",
        "0=100 48=50 oom:20=900 | 100 50"
      })
  void keepsThePeakOfEachDay(String events, String peaks) {
    ContainerAggregate aggregate = new ContainerAggregate();
    ContainerSamples container = new ContainerSamples(aggregate);
    for (String event : Splitter.on(' ').split(events)) {
      boolean oom = event.startsWith("oom:");
      List<String> parts = Splitter.on('=').splitToList(event.substring(oom ? 4 : 0));
      long at = TestCluster.EPOCH + Long.parseLong(parts.get(0)) * HOUR;
      long bytes = Long.parseLong(parts.get(1)) * MI;
      if (oom) {
        container.oom(bytes, at);
      } else {
        container.memory(bytes, at);
      }
    }
    DecayingHistogram expected = new DecayingHistogram(Buckets.MEMORY);
    for (String peak : Splitter.on(' ').split(peaks)) {
      // How old they are does not matter for which there are.
      expected.add(Double.parseDouble(peak) * MI, 1, TestCluster.EPOCH);
    }
    assertThat(aggregate.memory(0)).isCloseTo(expected.percentile(0), within(1.0));
    assertThat(aggregate.memory(1)).isCloseTo(expected.percentile(1), within(1.0));
  }

  @Test
  void leavesOutSamplesThatItHas() {
    ContainerAggregate aggregate = new ContainerAggregate();
    ContainerSamples container = new ContainerSamples(aggregate);
    container.cpu(100, 100, TestCluster.EPOCH);
    container.cpu(100, 100, TestCluster.EPOCH);
    container.cpu(100, 100, TestCluster.EPOCH + HOUR);
    assertThat(aggregate.samples()).isEqualTo(2);
  }

  private static @Nullable ContainerState state(String text) {
    return switch (text) {
      case "running" ->
          new ContainerState(
              null, new ContainerStateRunning(Timestamps.NONE, Fields.NONE), null, Fields.NONE);
      case "oom", "error" ->
          new ContainerState(
              null,
              null,
              ContainerStateTerminatedBuilder.builder()
                  .reason(text.equals("oom") ? "OOMKilled" : "Error")
                  .build(),
              Fields.NONE);
      default -> null;
    };
  }

  private static ContainerStatus status(String text) {
    List<String> parts = Splitter.on('/').splitToList(text);
    return ContainerStatusBuilder.builder()
        .name("app")
        .state(state(parts.get(0)))
        .lastState(state(parts.get(1)))
        .restartCount(Integer.parseInt(parts.get(2)))
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    // state/last state/restarts before and after; whether it was killed for want of memory
    "running/-/0, oom/-/0, true",
    "running/-/0, error/-/0, false",
    "running/-/0, running/oom/1, true",
    "running/-/0, running/error/1, false",
    "oom/-/0, running/oom/1, false",
    "oom/-/0, oom/-/0, false",
    "oom/-/0, oom/oom/1, true",
    "running/oom/1, running/oom/1, false"
  })
  void seesContainersThatWereKilled(String before, String after, boolean killed) {
    assertThat(VerticalPodAutoscalerRecommender.killed(status(before), status(after)) != null)
        .isEqualTo(killed);
  }
}

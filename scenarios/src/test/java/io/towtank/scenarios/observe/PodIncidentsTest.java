package io.towtank.scenarios.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateBuilder;
import io.towtank.api.ContainerStateTerminatedBuilder;
import io.towtank.api.ContainerStatus;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.Fields;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PodIncidentsTest {
  private final PodIncidents incidents = new PodIncidents();
  private @Nullable Pod pod;

  private void write(UnaryOperator<PodStatusBuilder> change) {
    Pod before = pod;
    PodStatusBuilder status =
        before == null ? PodStatusBuilder.builder() : PodStatusBuilder.builder(before.status());
    PodStatus next = change.apply(status).build();
    pod =
        before == null
            ? new Pod(
                ObjectMetaBuilder.builder().name("a").namespace("default").build(),
                1,
                PodSpecBuilder.builder().build(),
                null,
                next,
                Fields.NONE)
            : before.withStatus(next);
    incidents.committed(before, pod, 1);
  }

  private static ImmutableList<ContainerStatus> containers(
      int firstRestarts, int secondRestarts, int exitCode, @Nullable String reason) {
    ContainerState last =
        ContainerStateBuilder.builder()
            .terminated(
                ContainerStateTerminatedBuilder.builder().exitCode(exitCode).reason(reason).build())
            .build();
    return ImmutableList.of(
        ContainerStatusBuilder.builder()
            .name("a")
            .restartCount(firstRestarts)
            .lastState(last)
            .build(),
        ContainerStatusBuilder.builder()
            .name("b")
            .restartCount(secondRestarts)
            .lastState(last)
            .build());
  }

  private static ImmutableList<PodCondition> disrupted(ConditionStatus status, String reason) {
    return ImmutableList.of(
        PodConditionBuilder.builder().type("Ready").status(ConditionStatus.TRUE).build(),
        PodConditionBuilder.builder()
            .type("DisruptionTarget")
            .status(status)
            .reason(reason)
            .build());
  }

  @Test
  void restartsCountOnceEachByWhyTheyWere() {
    write(status -> status);
    write(status -> status.containerStatuses(containers(0, 0, 0, null)));
    assertThat(incidents.restarts()).isEmpty();

    write(status -> status.containerStatuses(containers(1, 0, 137, "OOMKilled")));
    write(status -> status.message("something else"));
    write(status -> status.containerStatuses(containers(1, 2, 3, "Error")));

    assertThat(incidents.restarts())
        .containsExactly(new Tally("Error, exit code 3", 2), new Tally("OOMKilled", 1));
  }

  @Test
  void aPodIsDisruptedOnce() {
    write(status -> status);
    write(status -> status.conditions(disrupted(ConditionStatus.FALSE, "EvictionByEvictionAPI")));
    assertThat(incidents.disruptions()).isEmpty();

    write(status -> status.conditions(disrupted(ConditionStatus.TRUE, "EvictionByEvictionAPI")));
    write(status ->
        status
            .reason("Terminated")
            .conditions(disrupted(ConditionStatus.TRUE, "TerminationByKubelet")));

    assertThat(incidents.disruptions()).containsExactly(new Tally("EvictionByEvictionAPI", 1));
  }

  @Test
  void theKubeletSaysWhyBesides() {
    write(status -> status);
    write(status ->
        status
            .reason("Evicted")
            .conditions(disrupted(ConditionStatus.TRUE, "TerminationByKubelet")));
    assertThat(incidents.disruptions())
        .containsExactly(new Tally("TerminationByKubelet, Evicted", 1));
  }
}

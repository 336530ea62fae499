package io.towtank.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.autoscaler.StatusConfigMap.Part;
import io.towtank.autoscaler.StatusConfigMap.ScaleUp;
import io.towtank.client.ApiClient;
import io.towtank.environment.Configuration;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusConfigMapTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long EPOCH = 1_767_225_600L * SECOND;
  private static final NodeGroup SPOT = new NodeGroup("spot", 1, 9, 0, Distribution.ZERO, 9);

  private final Simulation simulation = new Simulation(1, EPOCH);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final StatusConfigMap status =
      new StatusConfigMap(
          new ApiClient(
              ClusterAutoscaler.NAME,
              simulation,
              store,
              LatencyProfile.INSTANT.apiRequest(),
              LatencyProfile.INSTANT.controllerLimits()));

  private static Part part(
      @Nullable NodeGroup group, ScaleUp scaleUp, @Nullable String backoff, int candidates) {
    return new Part(
        group, true, new Readiness.Counts(4, 1, 2, 1, 3), 10, scaleUp, backoff, candidates);
  }

  private void write(long second, Part all, Part group) {
    status.write(ImmutableList.of(all, group), EPOCH + second * SECOND);
    simulation.run(new StopCondition.Idle());
  }

  private GenericObject map() {
    return Objects.requireNonNull(
        store.get(Configuration.CONFIG_MAP, "kube-system", "cluster-autoscaler-status"));
  }

  private String text() {
    return Objects.requireNonNull(map().content().get("data")).path("status").asText();
  }

  @Test
  void tellsHowTheClusterAndItsGroupsAreDoing() {
    write(
        20,
        part(null, ScaleUp.NO_ACTIVITY, null, 0),
        part(SPOT, ScaleUp.BACKOFF, "Scale-up timed out for node group spot", 2));
    assertThat(map().metadata().annotations())
        .containsEntry(
            "cluster-autoscaler.kubernetes.io/last-updated", "2026-01-01 00:00:20 +0000 UTC");
    assertThat(text())
        .isEqualTo(
            """
            time: 2026-01-01 00:00:20 +0000 UTC
            autoscalerStatus: Running
            clusterWide:
              health:
                status: Healthy
                nodeCounts:
                  registered:
                    total: 8
                    ready: 4
                    notStarted: 2
                    beingDeleted: 1
                    unready:
                      total: 1
                      resourceUnready: 0
                  longUnregistered: 0
                  unregistered: 3
                lastProbeTime: "2026-01-01T00:00:20Z"
                lastTransitionTime: "2026-01-01T00:00:20Z"
              scaleUp:
                status: NoActivity
                lastProbeTime: "2026-01-01T00:00:20Z"
                lastTransitionTime: "2026-01-01T00:00:20Z"
              scaleDown:
                status: NoCandidates
                lastProbeTime: "2026-01-01T00:00:20Z"
                lastTransitionTime: "2026-01-01T00:00:20Z"
            nodeGroups:
            - name: spot
              health:
                status: Healthy
                nodeCounts:
                  registered:
                    total: 8
                    ready: 4
                    notStarted: 2
                    beingDeleted: 1
                    unready:
                      total: 1
                      resourceUnready: 0
                  longUnregistered: 0
                  unregistered: 3
                cloudProviderTarget: 10
                minSize: 1
                maxSize: 9
                lastProbeTime: "2026-01-01T00:00:20Z"
                lastTransitionTime: "2026-01-01T00:00:20Z"
              scaleUp:
                status: Backoff
                backoffInfo:
                  errorCode: timeout
                  errorMessage: Scale-up timed out for node group spot
                lastProbeTime: "2026-01-01T00:00:20Z"
                lastTransitionTime: "2026-01-01T00:00:20Z"
              scaleDown:
                status: CandidatesPresent
                candidates: 2
                lastProbeTime: "2026-01-01T00:00:20Z"
                lastTransitionTime: "2026-01-01T00:00:20Z"
            """);
  }

  @Test
  void isWrittenWhereSomethingIsNewAndTellsSinceWhenEachThingIsSo() {
    write(10, part(null, ScaleUp.NO_ACTIVITY, null, 0), part(SPOT, ScaleUp.NO_ACTIVITY, null, 0));
    long first = map().resourceVersion();
    write(20, part(null, ScaleUp.NO_ACTIVITY, null, 0), part(SPOT, ScaleUp.NO_ACTIVITY, null, 0));
    assertThat(map().resourceVersion()).isEqualTo(first);
    write(30, part(null, ScaleUp.IN_PROGRESS, null, 0), part(SPOT, ScaleUp.IN_PROGRESS, null, 0));
    assertThat(map().resourceVersion()).isGreaterThan(first);
    assertThat(text())
        .contains(
            """
              scaleUp:
                status: InProgress
                lastProbeTime: "2026-01-01T00:00:30Z"
                lastTransitionTime: "2026-01-01T00:00:30Z"
              scaleDown:
                status: NoCandidates
                lastProbeTime: "2026-01-01T00:00:30Z"
                lastTransitionTime: "2026-01-01T00:00:10Z"
            """
                .indent(0));
  }
}

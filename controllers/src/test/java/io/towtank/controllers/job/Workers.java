package io.towtank.controllers.job;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateBuilder;
import io.towtank.api.ContainerStateTerminatedBuilder;
import io.towtank.api.ContainerStatusBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.store.WatchListener;
import java.util.function.ToIntFunction;

/** Lets running pods of a test cluster end, and those that are being deleted fail. */
final class Workers {
  private final TestCluster cluster;

  /** From running to the end, in nanoseconds. */
  long runNanos = 30 * TestCluster.SECOND;

  /** With what the container of a pod exits. */
  ToIntFunction<Pod> exitCode = pod -> 0;

  Workers(TestCluster cluster) {
    this.cluster = cluster;
    cluster.store.watch(
        Kinds.POD,
        0,
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {}

          @Override
          public void modified(Pod previous, Pod pod) {
            if (previous.status().phase() == PodPhase.PENDING
                && pod.status().phase() == PodPhase.RUNNING) {
              cluster.simulation.schedule(runNanos, () -> end(pod, exitCode.applyAsInt(pod)));
            }
            if (previous.metadata().deletionTimestamp() == Timestamps.NONE
                && pod.metadata().deletionTimestamp() != Timestamps.NONE) {
              // kubelet: a pod reaches its last phase before it is gone.
              cluster.simulation.schedule(cluster.stopNanos / 2, () -> end(pod, 137));
            }
          }

          @Override
          public void deleted(Pod last) {}
        });
  }

  /** Ends a pod that has not ended. */
  void end(Pod pod, int exitCode) {
    Pod current = cluster.store.get(Kinds.POD, "default", pod.name());
    if (current == null
        || !ControllerRefs.uid(pod).equals(ControllerRefs.uid(current))
        || current.status().phase().isTerminal()) {
      return;
    }
    ContainerState state =
        ContainerStateBuilder.builder()
            .terminated(
                ContainerStateTerminatedBuilder.builder()
                    .exitCode(exitCode)
                    .startedAt(Timestamps.NONE)
                    .finishedAt(Timestamps.toSecond(cluster.simulation.epochNanos()))
                    .build())
            .build();
    cluster.store.updateStatus(
        current.withStatus(
            PodStatusBuilder.builder(current.status())
                .phase(exitCode == 0 ? PodPhase.SUCCEEDED : PodPhase.FAILED)
                .conditions(ImmutableList.of())
                .containerStatuses(
                    ImmutableList.of(
                        ContainerStatusBuilder.builder().name("c").state(state).build()))
                .build()));
  }
}

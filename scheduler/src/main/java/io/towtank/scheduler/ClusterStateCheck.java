package io.towtank.scheduler;

import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodClasses;
import io.towtank.time.SelfCheck;
import org.jspecify.annotations.Nullable;

/** Each row's sums are those of its pods. */
final class ClusterStateCheck implements SelfCheck {
  private final ClusterState state;

  ClusterStateCheck(ClusterState state) {
    this.state = state;
  }

  @Override
  public String name() {
    return "scheduler: totals of nodes";
  }

  @Override
  public @Nullable String firstDifference() {
    for (int row = 0; row < state.rows(); row++) {
      String difference = differenceOf(row);
      if (difference != null) {
        return "node " + state.name(row) + ": " + difference;
      }
    }
    return null;
  }

  private @Nullable String differenceOf(int row) {
    long milliCpu = 0;
    long memory = 0;
    int withPorts = 0;
    for (int i = 0; i < state.podCount(row); i++) {
      var info = state.pod(row, i).info();
      milliCpu += info.nonZeroMilliCpu();
      memory += info.nonZeroMemory();
      withPorts += info.hostPorts().isEmpty() ? 0 : 1;
    }
    if (milliCpu != state.nonZeroMilliCpu(row)) {
      return difference("millicores for scores", state.nonZeroMilliCpu(row), milliCpu);
    }
    if (memory != state.nonZeroMemory(row)) {
      return difference("bytes for scores", state.nonZeroMemory(row), memory);
    }
    if (withPorts != state.podsWithHostPorts(row)) {
      return difference("pods with host ports", state.podsWithHostPorts(row), withPorts);
    }
    for (int resource = 0; resource < state.resources().count(); resource++) {
      long requested = 0;
      for (int i = 0; i < state.podCount(row); i++) {
        requested += state.pod(row, i).info().request(resource);
      }
      if (requested != state.requested(resource, row)) {
        return difference(
            "requested " + state.resources().name(resource),
            state.requested(resource, row),
            requested);
      }
    }
    return classesDifference(row);
  }

  private @Nullable String classesDifference(int row) {
    int[] classes = state.podClasses().ofRow(row);
    int counted = 0;
    for (int i = 0; i < classes.length && classes[i + 1] != 0; i += PodClasses.STRIDE) {
      counted += classes[i + 1];
    }
    return counted == state.podCount(row)
        ? null
        : difference("pods by class", counted, state.podCount(row));
  }

  private static String difference(String what, long is, long shouldBe) {
    return what + " are " + is + ", its pods add up to " + shouldBe;
  }
}

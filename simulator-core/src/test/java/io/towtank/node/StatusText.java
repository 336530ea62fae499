package io.towtank.node;

import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateTerminated;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pod's status in one line, for tables: {@code Running app:running ready [SIRCP]}. Conditions
 * that are true are told by a letter each: Started sandbox, Initialized, Ready, Containers ready,
 * scheduled on a Place.
 */
final class StatusText {
  private StatusText() {}

  static String of(Pod pod) {
    PodStatus status = pod.status();
    String containers =
        Stream.of(status.initContainerStatuses(), status.containerStatuses())
            .flatMap(List::stream)
            .map(StatusText::container)
            .collect(Collectors.joining(" "));
    String conditions =
        status.conditions().stream()
            .filter(c -> c.status() == ConditionStatus.TRUE)
            .map(StatusText::letter)
            .collect(Collectors.joining());
    return (status.phase()
            + (status.reason() == null ? "" : "/" + status.reason())
            + " "
            + containers
            + " ["
            + conditions
            + "]")
        .replace("  ", " ");
  }

  private static String letter(PodCondition condition) {
    return switch (condition.type()) {
      case "PodReadyToStartContainers" -> "S";
      case "Initialized" -> "I";
      case "Ready" -> "R";
      case "ContainersReady" -> "C";
      case "PodScheduled" -> "P";
      default -> "+" + condition.type();
    };
  }

  private static String container(ContainerStatus status) {
    return status.name()
        + ":"
        + state(status.state())
        + (status.ready() ? "!" : "")
        + (status.restartCount() > 0 ? "*" + status.restartCount() : "");
  }

  private static String state(@Nullable ContainerState state) {
    if (state == null) {
      return "none";
    }
    if (state.waiting() != null) {
      return String.valueOf(state.waiting().reason());
    }
    ContainerStateTerminated terminated = state.terminated();
    return terminated == null ? "running" : terminated.reason() + "(" + terminated.exitCode() + ")";
  }
}

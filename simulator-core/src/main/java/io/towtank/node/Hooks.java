package io.towtank.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long a container's lifecycle hooks take: one that sleeps says it itself, of others only the
 * container's behaviour knows (kubelet: lifecycle/handlers.go).
 */
final class Hooks {
  private static final String SLEEP = "sleep";
  private static final long SECOND = 1_000_000_000L;

  private Hooks() {}

  /** The hook that runs beside a process that has just started; until then it does not count. */
  static long postStartNanos(
      PodBehaviour behaviour, Pod pod, Container container, RandomGenerator random) {
    JsonNode hook = hook(container, "postStart");
    return hook == null
        ? 0
        : hook.has(SLEEP) ? sleepNanos(hook) : behaviour.postStartNanos(pod, container, random);
  }

  /** The hook that runs before a process is told to stop. */
  static long preStopNanos(
      PodBehaviour behaviour, Pod pod, Container container, RandomGenerator random) {
    JsonNode hook = hook(container, "preStop");
    return hook == null
        ? 0
        : hook.has(SLEEP) ? sleepNanos(hook) : behaviour.preStopNanos(pod, container, random);
  }

  private static @Nullable JsonNode hook(Container container, String name) {
    JsonNode lifecycle = container.rest().get("lifecycle");
    return lifecycle == null ? null : lifecycle.get(name);
  }

  private static long sleepNanos(JsonNode hook) {
    return hook.path(SLEEP).path("seconds").asLong() * SECOND;
  }
}

package io.towtank.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a container's lifecycle hook: how long one sleeps, it says itself; what comes of
 * others only the container's behaviour knows (kubelet: lifecycle/handlers.go).
 *
 * @param nanos how long it takes
 * @param problem why it fails; null where it does not
 * @param sleeps whether it does nothing else, so that it does not mind that its process is gone
 */
record Hook(long nanos, @Nullable String problem, boolean sleeps) {
  private static final long SECOND = 1_000_000_000L;

  boolean fails() {
    return problem != null;
  }

  /**
   * The hook that runs beside a process that has just started; null where there is none.
   *
   * @param attempt how often the container ran before
   */
  static @Nullable Hook postStart(
      PodBehaviour behaviour, Pod pod, Container container, int attempt, RandomGenerator random) {
    JsonNode handler = handler(container, "postStart");
    return handler == null
        ? null
        : sleeps(handler)
            ? sleeping(handler)
            : of(handler, behaviour.postStart(pod, container, attempt, random), pod, container);
  }

  /** The hook that runs before a process is told to stop; null where there is none. */
  static @Nullable Hook preStop(
      PodBehaviour behaviour, Pod pod, Container container, int attempt, RandomGenerator random) {
    JsonNode handler = handler(container, "preStop");
    return handler == null
        ? null
        : sleeps(handler)
            ? sleeping(handler)
            : of(handler, behaviour.preStop(pod, container, attempt, random), pod, container);
  }

  private static @Nullable JsonNode handler(Container container, String name) {
    JsonNode lifecycle = container.rest().get("lifecycle");
    JsonNode handler = lifecycle == null ? null : lifecycle.get(name);
    return handler == null || handler.isNull() ? null : handler;
  }

  private static boolean sleeps(JsonNode handler) {
    return handler.has("sleep");
  }

  private static Hook sleeping(JsonNode handler) {
    return new Hook(handler.path("sleep").path("seconds").asLong() * SECOND, null, true);
  }

  private static Hook of(JsonNode handler, HookRun run, Pod pod, Container container) {
    if (!handler.has("exec") && !handler.has("httpGet")) {
      // tcpSocket is allowed for old manifests' sake, and nobody runs it.
      return new Hook(0, "Cannot run handler", false);
    }
    return new Hook(
        run.nanos(),
        run.exitCode() == 0 ? null : problem(handler, run.exitCode(), pod, container),
        false);
  }

  private static String problem(JsonNode handler, int exitCode, Pod pod, Container container) {
    String where =
        " for Container \""
            + container.name()
            + "\" in Pod \""
            + pod.name()
            + "_"
            + pod.metadata().namespace()
            + "("
            + pod.metadata().uid()
            + ")\" failed - error: ";
    if (handler.has("httpGet")) {
      String path = handler.path("httpGet").path("path").asText("/");
      return "HTTP lifecycle hook (" + path + ")" + where + "connect: connection refused";
    }
    List<String> words = new ArrayList<>();
    handler.path("exec").path("command").forEach(word -> words.add(word.asText()));
    String command = String.join(" ", words);
    return "Exec lifecycle hook (["
        + command
        + "])"
        + where
        + "command '"
        + command
        + "' exited with "
        + exitCode
        + ": , message: \"\"";
  }
}

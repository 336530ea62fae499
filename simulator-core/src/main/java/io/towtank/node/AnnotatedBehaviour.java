package io.towtank.node;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import io.towtank.latency.Durations;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Does what a pod's annotations say: its containers end {@code towtank.io/run-for} after they
 * started, with {@code towtank.io/exit-code}, and would answer a readiness probe {@code
 * towtank.io/ready-after} their start and hang {@code towtank.io/hang-after} it. A pod without them
 * runs until it is deleted; its init containers succeed at once. Sidecars do not end by themselves.
 *
 * <p>Whether a container that has ended is started again is up to the pod's restartPolicy, as ever.
 */
public final class AnnotatedBehaviour implements PodBehaviour {
  /** How long the containers run, as in {@code 90s}. */
  public static final String RUN_FOR = "towtank.io/run-for";

  /** With what the containers exit then; 0 where there is none. */
  public static final String EXIT_CODE = "towtank.io/exit-code";

  /** How long after their start the containers are willing to be ready. */
  public static final String READY_AFTER = "towtank.io/ready-after";

  /** How long after their start the containers hang, so that their probes fail. */
  public static final String HANG_AFTER = "towtank.io/hang-after";

  /** How long each init container runs. */
  public static final String INIT_RUN_FOR = "towtank.io/init-run-for";

  /**
   * What is wrong with a pod's annotations, null where nothing is. Wrong ones are taken for absent.
   */
  public static @Nullable String problem(ImmutableMap<String, String> annotations) {
    for (String name : new String[] {RUN_FOR, READY_AFTER, HANG_AFTER, INIT_RUN_FOR}) {
      String value = annotations.get(name);
      if (value != null && duration(annotations, name, -1) < 0) {
        return name + ": \"" + value + "\" is no duration: " + Durations.HOW;
      }
    }
    String code = annotations.get(EXIT_CODE);
    if (code != null && exitCode(annotations) < 0) {
      return EXIT_CODE + ": \"" + code + "\" is no exit code: it is a number from 0 to 255";
    }
    return null;
  }

  @Override
  public ContainerRun run(
      Pod pod, Container container, boolean init, int attempt, RandomGenerator random) {
    ImmutableMap<String, String> annotations = pod.metadata().annotations();
    if (annotations.isEmpty()) {
      return init ? ContainerRun.DONE_AT_ONCE : ContainerRun.ENDLESS;
    }
    if (init) {
      return ContainerRun.of(duration(annotations, INIT_RUN_FOR, 0), 0);
    }
    boolean sidecar =
        "Always".equals(container.restartPolicy())
            && pod.spec().initContainers().contains(container);
    long runNanos =
        sidecar ? ContainerRun.FOREVER : duration(annotations, RUN_FOR, ContainerRun.FOREVER);
    long readyNanos = duration(annotations, READY_AFTER, ContainerRun.PROFILE);
    long aliveNanos = duration(annotations, HANG_AFTER, ContainerRun.FOREVER);
    return new ContainerRun(
        ContainerRun.PROFILE, runNanos, Math.max(0, exitCode(annotations)), readyNanos, aliveNanos);
  }

  private static long duration(
      ImmutableMap<String, String> annotations, String name, long otherwise) {
    String value = annotations.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Durations.parse(value);
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  /** 0 where there is none, -1 where it is wrong. */
  private static int exitCode(ImmutableMap<String, String> annotations) {
    String value = annotations.get(EXIT_CODE);
    if (value == null) {
      return 0;
    }
    boolean number = value.matches("[0-9]{1,3}");
    return number && Integer.parseInt(value) <= 255 ? Integer.parseInt(value) : -1;
  }
}

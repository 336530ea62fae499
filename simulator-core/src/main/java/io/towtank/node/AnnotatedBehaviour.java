package io.towtank.node;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.latency.Distribution;
import io.towtank.latency.Distributions;
import io.towtank.metrics.Growth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Does what a pod's annotations say, for each of its containers, or rules for many pods. A pod of
 * which nothing is said runs until it is deleted; its init containers succeed at once. Sidecars do
 * not end by themselves.
 *
 * <table>
 *   <caption>The annotations</caption>
 *   <tr><td>{@code towtank.io/start-after}</td><td>from the image to the process, as in {@code 2s}
 *   <tr><td>{@code towtank.io/run-for}</td><td>from there to its end
 *   <tr><td>{@code towtank.io/exit-code}</td><td>with what it ends then, as in {@code 1}; in {@code
 *       1,1,0} the first run has the first, and all after the last have the last
 *   <tr><td>{@code towtank.io/failure-rate}</td><td>which part of all runs fails, as in {@code
 *       0.1}: with the exit code, or 1 where there is none; the others end with 0
 *   <tr><td>{@code towtank.io/init-run-for}</td><td>how long each init container runs
 *   <tr><td>{@code towtank.io/init-exit-code}, {@code towtank.io/init-failure-rate}</td><td>how it
 *       ends
 *   <tr><td>{@code towtank.io/ready-after}</td><td>from the process to its willingness to be ready
 *   <tr><td>{@code towtank.io/hang-after}</td><td>from the process until its probes fail
 *   <tr><td>{@code towtank.io/pre-stop-for}, {@code towtank.io/post-start-for}</td><td>how long its
 *       hooks take, where it has any; those that sleep say it themselves
 *   <tr><td>{@code towtank.io/pre-stop-exit-code}, {@code towtank.io/post-start-exit-code}, {@code
 *       towtank.io/pre-stop-failure-rate}, {@code towtank.io/post-start-failure-rate}</td><td>how
 *       they end, as the container itself does
 *   <tr><td>{@code towtank.io/memory-use}</td><td>what it uses of memory, as in {@code 200Mi} or, of
 *       its request, {@code 80%}
 *   <tr><td>{@code towtank.io/memory-growth}</td><td>how that grows, as in {@code 1Mi/s} or {@code
 *       100Mi/m}
 *   <tr><td>{@code towtank.io/disk-use}, {@code towtank.io/disk-growth}</td><td>the same of its
 *       node's disk
 *   <tr><td>{@code towtank.io/inode-use}, {@code towtank.io/inode-growth}</td><td>how many files it
 *       has there, as in {@code 1000} and {@code 5/m}
 *   <tr><td>{@code towtank.io/process-use}, {@code towtank.io/process-growth}</td><td>how many
 *       processes it is
 * </table>
 *
 * <p>All times may be drawn anew for each run, as in {@code lognormal(5m, 0.8)} ({@link
 * Distributions}).
 *
 * <p>Whether a container that has ended is started again is up to the pod's restartPolicy, as ever.
 */
public final class AnnotatedBehaviour implements PodBehaviour {
  /** How long a container takes to start. */
  public static final String START_AFTER = "towtank.io/start-after";

  /** How long the containers run, as in {@code 90s}. */
  public static final String RUN_FOR = "towtank.io/run-for";

  /** With what the containers exit then; 0 where there is none. */
  public static final String EXIT_CODE = "towtank.io/exit-code";

  /** Which part of all runs fails. */
  public static final String FAILURE_RATE = "towtank.io/failure-rate";

  /** How long after their start the containers are willing to be ready. */
  public static final String READY_AFTER = "towtank.io/ready-after";

  /** How long after their start the containers hang, so that their probes fail. */
  public static final String HANG_AFTER = "towtank.io/hang-after";

  /** How long each init container runs. */
  public static final String INIT_RUN_FOR = "towtank.io/init-run-for";

  /** With what init containers end. */
  public static final String INIT_EXIT_CODE = "towtank.io/init-exit-code";

  /** Which part of all runs of init containers fails. */
  public static final String INIT_FAILURE_RATE = "towtank.io/init-failure-rate";

  /** How long preStop hooks take. */
  public static final String PRE_STOP_FOR = "towtank.io/pre-stop-for";

  /** How long postStart hooks take. */
  public static final String POST_START_FOR = "towtank.io/post-start-for";

  /** With what preStop hooks exit that execute something. */
  public static final String PRE_STOP_EXIT_CODE = "towtank.io/pre-stop-exit-code";

  /** With what postStart hooks do. */
  public static final String POST_START_EXIT_CODE = "towtank.io/post-start-exit-code";

  /** Which part of all preStop hooks fails. */
  public static final String PRE_STOP_FAILURE_RATE = "towtank.io/pre-stop-failure-rate";

  /** Which part of all postStart hooks fails. */
  public static final String POST_START_FAILURE_RATE = "towtank.io/post-start-failure-rate";

  /** What each container uses of memory. */
  public static final String MEMORY_USE = "towtank.io/memory-use";

  /** By how much that grows. */
  public static final String MEMORY_GROWTH = "towtank.io/memory-growth";

  /** What each container uses of its node's disk. */
  public static final String DISK_USE = "towtank.io/disk-use";

  /** By how much that grows. */
  public static final String DISK_GROWTH = "towtank.io/disk-growth";

  /** How many files each container has on its node's disk. */
  public static final String INODE_USE = "towtank.io/inode-use";

  /** By how many they grow. */
  public static final String INODE_GROWTH = "towtank.io/inode-growth";

  /** How many processes each container consists of. */
  public static final String PROCESS_USE = "towtank.io/process-use";

  /** By how many they grow. */
  public static final String PROCESS_GROWTH = "towtank.io/process-growth";

  /** What can be said, by the annotations' names. */
  public static final ImmutableSet<String> NAMES =
      ImmutableSet.of(
          START_AFTER,
          RUN_FOR,
          EXIT_CODE,
          FAILURE_RATE,
          INIT_RUN_FOR,
          INIT_EXIT_CODE,
          INIT_FAILURE_RATE,
          READY_AFTER,
          HANG_AFTER,
          PRE_STOP_FOR,
          POST_START_FOR,
          PRE_STOP_EXIT_CODE,
          POST_START_EXIT_CODE,
          PRE_STOP_FAILURE_RATE,
          POST_START_FAILURE_RATE,
          MEMORY_USE,
          MEMORY_GROWTH,
          DISK_USE,
          DISK_GROWTH,
          INODE_USE,
          INODE_GROWTH,
          PROCESS_USE,
          PROCESS_GROWTH);

  private final ImmutableList<BehaviourRule> rules;

  /** Distributions by how they are written; looked up, never iterated. */
  private final Map<String, Distribution> distributions = new HashMap<>();

  /** What annotations say, and nothing else. */
  public AnnotatedBehaviour() {
    this(ImmutableList.of());
  }

  /** What annotations say, and where they say nothing, rules. */
  public AnnotatedBehaviour(ImmutableList<BehaviourRule> rules) {
    this.rules = rules;
  }

  /** All that is said of a container, by the annotations' names. */
  public ImmutableMap<String, String> said(Pod pod, String container) {
    return rules.isEmpty() ? pod.metadata().annotations() : BehaviourRule.of(rules, pod, container);
  }

  /**
   * What is wrong with what is said; null where nothing is.
   *
   * @param name one of {@link #NAMES}
   */
  public static @Nullable String problem(String name, String value) {
    return switch (name) {
      case EXIT_CODE, INIT_EXIT_CODE, PRE_STOP_EXIT_CODE, POST_START_EXIT_CODE -> {
        for (String part : Splitter.on(',').split(value)) {
          if (exitCode(part) < 0) {
            yield "\"" + part + "\" is no exit code: it is a number from 0 to 255";
          }
        }
        yield null;
      }
      case FAILURE_RATE, INIT_FAILURE_RATE, PRE_STOP_FAILURE_RATE, POST_START_FAILURE_RATE ->
          rate(value) < 0
              ? "\"" + value + "\" is no part of all runs: it is from 0 to 1, as 0.1"
              : null;
      case MEMORY_USE, DISK_USE ->
          bytes(value, 100) < 0
              ? "\""
                  + value
                  + "\" is neither a quantity as in 200Mi nor a percentage of the request as in 80%"
              : null;
      case MEMORY_GROWTH, DISK_GROWTH ->
          Growth.bytesPerSecond(value) < 0
              ? "\"" + value + "\" is no growth: it is as in 1Mi/s or 100Mi/m"
              : null;
      case INODE_USE, PROCESS_USE ->
          NodeResource.count(value) == null ? "\"" + value + "\" is no number as in 1000" : null;
      case INODE_GROWTH, PROCESS_GROWTH ->
          Growth.perSecond(value) < 0
              ? "\"" + value + "\" is no growth: it is as in 5/s or 100/m"
              : null;
      default -> {
        try {
          Distributions.parse(value);
          yield null;
        } catch (IllegalArgumentException e) {
          yield e.getMessage();
        }
      }
    };
  }

  @Override
  public ContainerRun run(
      Pod pod, Container container, boolean init, int attempt, RandomGenerator random) {
    ImmutableMap<String, String> annotations = said(pod, container.name());
    if (annotations.isEmpty()) {
      return init ? ContainerRun.DONE_AT_ONCE : ContainerRun.ENDLESS;
    }
    if (init) {
      return ContainerRun.of(
          duration(annotations, INIT_RUN_FOR, 0, random),
          exitCode(annotations, INIT_EXIT_CODE, INIT_FAILURE_RATE, attempt, random));
    }
    boolean sidecar =
        "Always".equals(container.restartPolicy())
            && pod.spec().initContainers().contains(container);
    long runNanos =
        sidecar
            ? ContainerRun.FOREVER
            : duration(annotations, RUN_FOR, ContainerRun.FOREVER, random);
    return new ContainerRun(
        duration(annotations, START_AFTER, ContainerRun.PROFILE, random),
        runNanos,
        exitCode(annotations, EXIT_CODE, FAILURE_RATE, attempt, random),
        duration(annotations, READY_AFTER, ContainerRun.PROFILE, random),
        duration(annotations, HANG_AFTER, ContainerRun.FOREVER, random),
        bytesUse(annotations, MEMORY_USE, MEMORY_GROWTH, container, "memory"),
        bytesUse(annotations, DISK_USE, DISK_GROWTH, container, "ephemeral-storage"),
        countUse(annotations, INODE_USE, INODE_GROWTH),
        countUse(annotations, PROCESS_USE, PROCESS_GROWTH));
  }

  @Override
  public HookRun preStop(Pod pod, Container container, int attempt, RandomGenerator random) {
    ImmutableMap<String, String> said = said(pod, container.name());
    return new HookRun(
        duration(said, PRE_STOP_FOR, 0, random),
        exitCode(said, PRE_STOP_EXIT_CODE, PRE_STOP_FAILURE_RATE, attempt, random));
  }

  @Override
  public HookRun postStart(Pod pod, Container container, int attempt, RandomGenerator random) {
    ImmutableMap<String, String> said = said(pod, container.name());
    return new HookRun(
        duration(said, POST_START_FOR, 0, random),
        exitCode(said, POST_START_EXIT_CODE, POST_START_FAILURE_RATE, attempt, random));
  }

  private static int exitCode(
      ImmutableMap<String, String> said,
      String codeName,
      String rateName,
      int attempt,
      RandomGenerator random) {
    String text = said.get(codeName);
    String rate = said.get(rateName);
    if (text == null && rate == null) {
      return 0;
    }
    int code = rate == null ? 0 : 1;
    if (text != null) {
      List<String> codes = Splitter.on(',').splitToList(text);
      code = Math.max(0, exitCode(codes.get(Math.min(attempt, codes.size() - 1))));
    }
    return rate == null || random.nextDouble() < rate(rate) ? code : 0;
  }

  private long duration(
      ImmutableMap<String, String> said, String name, long otherwise, RandomGenerator random) {
    String value = said.get(name);
    if (value == null) {
      return otherwise;
    }
    Distribution known = distributions.get(value);
    if (known == null) {
      try {
        known = Distributions.parse(value);
      } catch (IllegalArgumentException e) {
        // Whoever reads manifests has told it: pods that come in other ways do as if it were
        // absent.
        return otherwise;
      }
      distributions.put(value, known);
    }
    return known.sampleNanos(random);
  }

  /** -1 where it is wrong. */
  private static int exitCode(String value) {
    String text = value.strip();
    boolean number = text.matches("[0-9]{1,3}");
    return number && Integer.parseInt(text) <= 255 ? Integer.parseInt(text) : -1;
  }

  /** -1 where it is wrong. */
  private static double rate(String value) {
    return value.matches("0(\\.[0-9]+)?|1(\\.0+)?") ? Double.parseDouble(value) : -1;
  }

  private static ResourceUse bytesUse(
      ImmutableMap<String, String> said,
      String useName,
      String growthName,
      Container container,
      String resource) {
    String use = said.get(useName);
    String growth = said.get(growthName);
    return use == null && growth == null
        ? ResourceUse.NONE
        : new ResourceUse(
            use == null ? 0 : Math.max(0, bytes(use, request(container, resource))),
            growth == null ? 0 : Math.max(0, Growth.bytesPerSecond(growth)));
  }

  private static ResourceUse countUse(
      ImmutableMap<String, String> said, String useName, String growthName) {
    Long use = NodeResource.count(said.get(useName));
    String growth = said.get(growthName);
    return use == null && growth == null
        ? ResourceUse.NONE
        : new ResourceUse(
            use == null ? 0 : use, growth == null ? 0 : Math.max(0, Growth.perSecond(growth)));
  }

  private static long request(Container container, String resource) {
    ResourceRequirements resources = container.resources();
    Quantity request = resources == null ? null : resources.requests().get(resource);
    return request == null ? 0 : request.value();
  }

  /** -1 where it is wrong. */
  private static long bytes(String value, long requestBytes) {
    boolean percent = value.endsWith("%");
    try {
      long amount =
          Quantity.parse(percent ? value.substring(0, value.length() - 1) : value).value();
      return percent ? requestBytes / 100 * amount : amount;
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }
}

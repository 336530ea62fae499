package io.towtank.metrics;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import io.towtank.api.Container;
import io.towtank.api.ContainerState;
import io.towtank.api.ContainerStateRunning;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Containers that use what their pod's annotations say, or what stands for them: {@code
 * towtank.io/cpu-use} and {@code towtank.io/memory-use}, each a quantity, or a percentage of the
 * container's request as in {@code 80%}; memory grows from there by {@code
 * towtank.io/memory-growth}. Without an annotation they use nothing, as a process that waits does.
 */
public final class AnnotatedUse implements ContainerUse {
  /** What each container uses of a CPU, as in {@code 250m} or {@code 80%}. */
  public static final String CPU = "towtank.io/cpu-use";

  /** What each container uses of memory, as in {@code 200Mi} or {@code 80%}. */
  public static final String MEMORY = "towtank.io/memory-use";

  /** How what each container uses of memory grows, as in {@code 1Mi/s}. */
  public static final String MEMORY_GROWTH = "towtank.io/memory-growth";

  private static final long WHOLE_MILLI = 100_000;

  private final long startEpochNanos;
  private final BiFunction<Pod, String, ImmutableMap<String, String>> said;

  /**
   * @param startEpochNanos when virtual time starts, in nanoseconds since 1970
   * @param said what is said of a pod's container, by the annotations' names
   */
  public AnnotatedUse(
      long startEpochNanos, BiFunction<Pod, String, ImmutableMap<String, String>> said) {
    this.startEpochNanos = startEpochNanos;
    this.said = said;
  }

  /** What is wrong with what is said of a use; null where nothing is. */
  public static @Nullable String problem(String value) {
    return milli(value, WHOLE_MILLI) < 0
        ? "\""
            + value
            + "\" is neither a quantity as in 250m nor a percentage of the request as in 80%"
        : null;
  }

  @Override
  public long averageMilli(
      Pod pod, String container, String resource, long fromNanos, long toNanos) {
    ImmutableMap<String, String> all = said.apply(pod, container);
    boolean cpu = resource.equals("cpu");
    String value = all.get(cpu ? CPU : MEMORY);
    long use =
        value == null ? 0 : Math.max(0, milli(value, requestMilli(pod, container, resource)));
    String growth = cpu ? null : all.get(MEMORY_GROWTH);
    return growth == null ? use : use + grownMilli(growth, pod, container, toNanos);
  }

  /** Memory is what it is at the end of the time, not on average. */
  private long grownMilli(String growth, Pod pod, String container, long atNanos) {
    long nanos = Math.max(0, startEpochNanos + atNanos - started(pod, container, atNanos));
    // Bytes a second times milliseconds are thousandths of bytes.
    return Math.max(0, Growth.bytesPerSecond(growth)) * (nanos / 1_000_000);
  }

  /** When a container started, in nanoseconds since 1970; the given time where it does not run. */
  private long started(Pod pod, String container, long otherwiseNanos) {
    for (ContainerStatus status :
        Iterables.concat(pod.status().containerStatuses(), pod.status().initContainerStatuses())) {
      ContainerState state = status.state();
      ContainerStateRunning running = state == null ? null : state.running();
      if (status.name().equals(container) && running != null) {
        return running.startedAt();
      }
    }
    return startEpochNanos + otherwiseNanos;
  }

  /** What a container asks for, in thousandths; 0 where it does not. */
  private static long requestMilli(Pod pod, String name, String resource) {
    for (Container container : pod.spec().containers()) {
      ResourceRequirements resources = container.resources();
      if (container.name().equals(name) && resources != null) {
        Quantity request = resources.requests().get(resource);
        return request == null ? 0 : request.milliValue();
      }
    }
    return 0;
  }

  /** In thousandths, -1 where it is wrong. */
  private static long milli(String value, long requestMilli) {
    try {
      Quantity quantity =
          Quantity.parse(value.endsWith("%") ? value.substring(0, value.length() - 1) : value);
      long milli = quantity.milliValue();
      return value.endsWith("%") ? milli * requestMilli / WHOLE_MILLI : milli;
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }
}

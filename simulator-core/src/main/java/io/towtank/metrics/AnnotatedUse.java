package io.towtank.metrics;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Containers that use what their pod's annotations say, or what stands for them: {@code
 * towtank.io/cpu-use} and {@code towtank.io/memory-use}, each a quantity, or a percentage of the
 * container's request as in {@code 80%}. Without an annotation they use nothing, as a process that
 * waits does.
 */
public final class AnnotatedUse implements ContainerUse {
  /** What each container uses of a CPU, as in {@code 250m} or {@code 80%}. */
  public static final String CPU = "towtank.io/cpu-use";

  /** What each container uses of memory, as in {@code 200Mi} or {@code 80%}. */
  public static final String MEMORY = "towtank.io/memory-use";

  private static final long WHOLE_MILLI = 100_000;

  private final BiFunction<Pod, String, ImmutableMap<String, String>> said;

  /** What the pods' annotations say. */
  public AnnotatedUse() {
    this((pod, container) -> pod.metadata().annotations());
  }

  /**
   * What is said otherwise.
   *
   * @param said what is said of a pod's container, by the annotations' names
   */
  public AnnotatedUse(BiFunction<Pod, String, ImmutableMap<String, String>> said) {
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
    String value = said.apply(pod, container).get(resource.equals("cpu") ? CPU : MEMORY);
    return value == null ? 0 : Math.max(0, milli(value, requestMilli(pod, container, resource)));
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

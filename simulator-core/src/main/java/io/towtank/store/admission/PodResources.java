package io.towtank.store.admission;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Container;
import io.towtank.api.Fields;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a pod asks for, and what it may use at most: its containers and sidecars together, or what
 * its init containers need at one time if that is more, and the overhead (component-helpers:
 * resource.PodRequests, resource.PodLimits).
 */
public final class PodResources {
  private PodResources() {}

  /** What it asks for, by resource. */
  public static ImmutableSortedMap<String, Quantity> requests(PodSpec spec) {
    Map<String, Quantity> sum = containerRequests(spec);
    add(sum, spec.overhead());
    return ImmutableSortedMap.copyOf(sum);
  }

  /** Requests without the pod's overhead. */
  static Map<String, Quantity> containerRequests(PodSpec spec) {
    return sum(
        spec, container -> of(container.resources()).requests(), of(spec.resources()).requests());
  }

  /** Limits without the pod's overhead. */
  static Map<String, Quantity> containerLimits(PodSpec spec) {
    return sum(
        spec, container -> of(container.resources()).limits(), of(spec.resources()).limits());
  }

  /** Whether a pod as a whole says what it wants (IsPodLevelResourcesSet, KEP-2837). */
  static boolean isSetForPod(PodSpec spec) {
    ResourceRequirements own = of(spec.resources());
    return own.requests().keySet().stream().anyMatch(PodResources::isForPod)
        || own.limits().keySet().stream().anyMatch(PodResources::isForPod);
  }

  private static boolean isForPod(String name) {
    return name.equals("cpu") || name.equals("memory") || name.startsWith("hugepages-");
  }

  static ImmutableSortedMap<String, Quantity> limits(PodSpec spec) {
    Map<String, Quantity> sum = containerLimits(spec);
    // Overhead counts only where there is a limit to add it to.
    spec.overhead()
        .forEach((name, amount) -> sum.computeIfPresent(name, (n, limit) -> limit.add(amount)));
    return ImmutableSortedMap.copyOf(sum);
  }

  static ResourceRequirements of(@Nullable ResourceRequirements resources) {
    return resources == null ? NONE : resources;
  }

  private static final ResourceRequirements NONE =
      new ResourceRequirements(ImmutableMap.of(), ImmutableMap.of(), Fields.NONE);

  private static Map<String, Quantity> sum(
      PodSpec spec,
      Function<Container, ImmutableMap<String, Quantity>> amounts,
      ImmutableMap<String, Quantity> ofPod) {
    Map<String, Quantity> running = new TreeMap<>();
    for (Container container : spec.containers()) {
      add(running, amounts.apply(container));
    }
    Map<String, Quantity> sidecars = new TreeMap<>();
    Map<String, Quantity> starting = new TreeMap<>();
    for (Container container : spec.initContainers()) {
      Map<String, Quantity> now = new TreeMap<>(sidecars);
      add(now, amounts.apply(container));
      if ("Always".equals(container.restartPolicy())) {
        add(running, amounts.apply(container));
        sidecars = now;
      }
      raise(starting, now);
    }
    raise(running, starting);
    ofPod.forEach((name, amount) -> {
      if (isForPod(name)) {
        running.put(name, amount);
      }
    });
    return running;
  }

  private static void add(Map<String, Quantity> sum, Map<String, Quantity> amounts) {
    amounts.forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
  }

  private static void raise(Map<String, Quantity> sum, Map<String, Quantity> amounts) {
    amounts.forEach(
        (name, amount) -> sum.merge(name, amount, (a, b) -> a.compareTo(b) >= 0 ? a : b));
  }
}

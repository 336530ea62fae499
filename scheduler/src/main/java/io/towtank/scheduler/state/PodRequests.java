package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import java.util.Arrays;

/**
 * What a pod asks for (kubernetes: resourcehelper.PodRequests): the sum of its containers and
 * sidecars, or what its init containers need at one time if that is more, and the overhead.
 */
public final class PodRequests {
  private final Resources resources;
  private final boolean withDefaults;
  private final boolean cpuSetForPod;
  private final boolean memorySetForPod;
  // By container, where its status goes before its spec.
  private final ImmutableMap<String, ImmutableMap<String, Quantity>> byStatus;

  private PodRequests(
      Resources resources,
      ImmutableMap<String, ImmutableMap<String, Quantity>> byStatus,
      boolean withDefaults,
      boolean cpuSetForPod,
      boolean memorySetForPod) {
    this.resources = resources;
    this.byStatus = byStatus;
    this.withDefaults = withDefaults;
    this.cpuSetForPod = cpuSetForPod;
    this.memorySetForPod = memorySetForPod;
  }

  /** What is asked for, by resource number. */
  public static long[] of(PodSpec spec, Resources resources) {
    return of(spec, ImmutableMap.of(), resources);
  }

  /**
   * As {@link #of(PodSpec, Resources)} of a pod that is resized.
   *
   * @param byStatus as in {@link StatusRequests}
   */
  static long[] of(
      PodSpec spec,
      ImmutableMap<String, ImmutableMap<String, Quantity>> byStatus,
      Resources resources) {
    return new PodRequests(resources, byStatus, false, false, false).sum(spec);
  }

  /** As {@link #of}, with defaults for containers that do not ask for CPU or memory. */
  static long[] nonZero(
      PodSpec spec,
      ImmutableMap<String, ImmutableMap<String, Quantity>> byStatus,
      Resources resources) {
    ImmutableMap<String, Quantity> own = podLevel(spec);
    return new PodRequests(
            resources, byStatus, true, own.containsKey("cpu"), own.containsKey("memory"))
        .sum(spec);
  }

  private static ImmutableMap<String, Quantity> podLevel(PodSpec spec) {
    return spec.resources() == null ? ImmutableMap.of() : spec.resources().requests();
  }

  private long[] sum(PodSpec spec) {
    long[] running = new long[0];
    for (Container container : spec.containers()) {
      running = add(running, requests(container));
    }
    long[] sidecars = new long[0];
    long[] starting = new long[0];
    for (Container container : spec.initContainers()) {
      long[] requests = requests(container);
      if ("Always".equals(container.restartPolicy())) {
        running = add(running, requests);
        sidecars = add(sidecars, requests);
        requests = sidecars;
      } else {
        requests = add(requests, sidecars);
      }
      starting = max(starting, requests);
    }
    long[] sum = max(running, starting);
    ImmutableMap<String, Quantity> own = podLevel(spec);
    if (!own.isEmpty()) {
      long[] amounts = resources.amounts(own);
      sum = Arrays.copyOf(sum, Math.max(sum.length, amounts.length));
      for (String name : own.keySet()) {
        if (name.equals("cpu") || name.equals("memory") || name.startsWith("hugepages-")) {
          sum[resources.id(name)] = amounts[resources.id(name)];
        }
      }
    }
    return Arrays.copyOf(add(sum, resources.amounts(spec.overhead())), resources.count());
  }

  private long[] requests(Container container) {
    ImmutableMap<String, Quantity> told = byStatus.get(container.name());
    ImmutableMap<String, Quantity> asked = told == null ? StatusRequests.requests(container) : told;
    long[] amounts = resources.amounts(asked);
    if (withDefaults) {
      if (!cpuSetForPod && !asked.containsKey("cpu")) {
        amounts[Resources.CPU] = Resources.defaultRequest(Resources.CPU);
      }
      if (!memorySetForPod && !asked.containsKey("memory")) {
        amounts[Resources.MEMORY] = Resources.defaultRequest(Resources.MEMORY);
      }
    }
    return amounts;
  }

  private static long[] add(long[] a, long[] b) {
    long[] sum = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static long[] max(long[] a, long[] b) {
    long[] max = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      max[i] = Math.max(max[i], b[i]);
    }
    return max;
  }
}

package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import org.jspecify.annotations.Nullable;

/**
 * How firmly a pod's resources are promised, which decides who goes first when a node runs short
 * (pkg/apis/core/v1/helper/qos: ComputePodQOS).
 */
public enum QosClass {
  GUARANTEED("Guaranteed"),
  BURSTABLE("Burstable"),
  BEST_EFFORT("BestEffort");

  private static final ImmutableList<String> COUNTED = ImmutableList.of("cpu", "memory");

  private final String text;

  QosClass(String text) {
    this.text = text;
  }

  /**
   * The class of a pod: Guaranteed where every container limits both cpu and memory and requests as
   * much, BestEffort where none requests or limits either. A pod's own resources decide where it
   * has any (KEP-2837).
   */
  public static QosClass of(PodSpec spec) {
    ResourceRequirements own = spec.resources();
    if (own != null && (mentions(own.requests()) || mentions(own.limits()))) {
      return guarantees(own) ? GUARANTEED : BURSTABLE;
    }
    boolean any = false;
    boolean all = true;
    for (ImmutableList<Container> containers :
        ImmutableList.of(spec.initContainers(), spec.containers())) {
      for (Container container : containers) {
        ResourceRequirements resources = container.resources();
        if (resources == null) {
          all = false;
          continue;
        }
        any |= mentions(resources.requests()) || mentions(resources.limits());
        all &= guarantees(resources);
      }
    }
    return !any ? BEST_EFFORT : all ? GUARANTEED : BURSTABLE;
  }

  private static boolean mentions(ImmutableMap<String, Quantity> amounts) {
    return COUNTED.stream().anyMatch(name -> isPositive(amounts.get(name)));
  }

  private static boolean guarantees(ResourceRequirements resources) {
    return COUNTED.stream()
        .allMatch(name -> {
          Quantity limit = resources.limits().get(name);
          // The API server fills in a request that is missing beside a limit.
          Quantity request = resources.requests().get(name);
          return limit != null && isPositive(limit) && (request == null || limit.equals(request));
        });
  }

  private static boolean isPositive(@Nullable Quantity amount) {
    return amount != null && amount.compareTo(Quantity.of(0)) > 0;
  }

  /** The word that documents have. */
  @Override
  public String toString() {
    return text;
  }
}

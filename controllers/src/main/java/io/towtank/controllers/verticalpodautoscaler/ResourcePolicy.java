package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What may be recommended for each container (spec.resourcePolicy of an autoscaler). */
final class ResourcePolicy {
  private static final ImmutableSet<String> RESOURCES = ImmutableSet.of("cpu", "memory");

  /** That of the containers that have none of their own. */
  private static final String OTHERS = "*";

  /**
   * For one container.
   *
   * @param off whether nothing is recommended for it
   * @param minAllowed by resource
   * @param maxAllowed by resource
   * @param controlled the resources that anything is recommended for
   */
  record Of(
      boolean off,
      ImmutableMap<String, Quantity> minAllowed,
      ImmutableMap<String, Quantity> maxAllowed,
      ImmutableSet<String> controlled) {
    private static final Of NOTHING =
        new Of(false, ImmutableMap.of(), ImmutableMap.of(), RESOURCES);

    /** A quantity within what is allowed; a limit of 0 is none. */
    Quantity capped(String resource, Quantity quantity) {
      Quantity min = minAllowed.get(resource);
      Quantity max = maxAllowed.get(resource);
      Quantity capped =
          min != null && !min.isZero() && quantity.compareTo(min) < 0 ? min : quantity;
      return max != null && !max.isZero() && capped.compareTo(max) > 0 ? max : capped;
    }
  }

  /** Everything may be recommended. */
  static final ResourcePolicy NONE = new ResourcePolicy(ImmutableMap.of());

  private final ImmutableMap<String, Of> byContainer;

  private ResourcePolicy(ImmutableMap<String, Of> byContainer) {
    this.byContainer = byContainer;
  }

  /**
   * Reads a policy.
   *
   * @param policy spec.resourcePolicy, null where there is none
   * @throws IllegalArgumentException for what is no quantity
   */
  static ResourcePolicy of(@Nullable JsonNode policy) {
    if (policy == null) {
      return NONE;
    }
    Map<String, Of> byContainer = new LinkedHashMap<>();
    for (JsonNode container : policy.path("containerPolicies")) {
      ImmutableSet.Builder<String> controlled = ImmutableSet.builder();
      JsonNode named = container.path("controlledResources");
      RESOURCES.stream()
          .filter(resource -> named.isMissingNode() || named.isNull() || contains(named, resource))
          .forEach(controlled::add);
      byContainer.putIfAbsent(
          container.path("containerName").asText(OTHERS),
          new Of(
              container.path("mode").asText().equals("Off"),
              quantities(container.path("minAllowed")),
              quantities(container.path("maxAllowed")),
              controlled.build()));
    }
    return new ResourcePolicy(ImmutableMap.copyOf(byContainer));
  }

  private static boolean contains(JsonNode list, String text) {
    for (JsonNode item : list) {
      if (item.asText().equals(text)) {
        return true;
      }
    }
    return false;
  }

  private static ImmutableMap<String, Quantity> quantities(JsonNode amounts) {
    ImmutableMap.Builder<String, Quantity> quantities = ImmutableMap.builder();
    amounts
        .properties()
        .forEach(
            amount -> quantities.put(amount.getKey(), Quantity.parse(amount.getValue().asText())));
    return quantities.buildOrThrow();
  }

  /** That of a container: its own, or the one for all others. */
  Of of(String container) {
    Of own = byContainer.get(container);
    return own != null ? own : byContainer.getOrDefault(OTHERS, Of.NOTHING);
  }
}

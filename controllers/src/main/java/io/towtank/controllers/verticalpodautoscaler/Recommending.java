package io.towtank.controllers.verticalpodautoscaler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Quantity;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What containers should request, by what they used (vertical-pod-autoscaler: logic/recommender.go,
 * logic/estimator.go).
 *
 * <p>The target is the 90th percentile and a margin of 15 %. The bounds are the 50th and the 95th
 * with the same margin, the wider apart the less is known: with n days of samples the upper one is
 * multiplied by {@code 1 + 1/n}, the lower one by {@code (1 + 0.001/n)^-2}.
 */
final class Recommending {
  private static final double TARGET = 0.9;
  private static final double LOWER = 0.5;
  private static final double UPPER = 0.95;
  private static final double MARGIN = 0.15;
  private static final double LEAST_POD_MILLI_CPU = 25;
  private static final double LEAST_POD_BYTES = 250 << 20;
  // model/types.go: MaxResourceAmount
  private static final double MOST = 1e14;

  /**
   * For one container; amounts are by resource.
   *
   * @param uncappedTarget the target before the policy is applied
   */
  record Recommendation(
      String container,
      ImmutableMap<String, Quantity> target,
      ImmutableMap<String, Quantity> lowerBound,
      ImmutableMap<String, Quantity> upperBound,
      ImmutableMap<String, Quantity> uncappedTarget) {}

  /** An amount of CPU in millicores and one of memory in bytes. */
  private record Amounts(long milliCpu, long bytes) {
    static Amounts at(ContainerAggregate used, double percentile) {
      Amounts base = new Amounts(cut(used.cpu(percentile) * 1000), cut(used.memory(percentile)));
      return new Amounts(
          base.milliCpu + cut(base.milliCpu * MARGIN), base.bytes + cut(base.bytes * MARGIN));
    }

    Amounts times(double factor) {
      return new Amounts(cut(milliCpu * factor), cut(bytes * factor));
    }

    Amounts atLeast(Amounts least) {
      return new Amounts(Math.max(milliCpu, least.milliCpu), Math.max(bytes, least.bytes));
    }

    ImmutableMap<String, Quantity> controlled(ResourcePolicy.Of policy) {
      ImmutableMap.Builder<String, Quantity> amounts = ImmutableMap.builder();
      for (String resource : policy.controlled()) {
        amounts.put(
            resource,
            resource.equals("cpu") ? Quantity.ofMillis(milliCpu) : Quantity.ofBytes(bytes));
      }
      return amounts.buildOrThrow();
    }

    /** resourceAmountFromFloat. */
    private static long cut(double amount) {
      return (long) Math.max(0, Math.min(MOST, amount));
    }
  }

  private Recommending() {}

  /** Recommends for all containers of which there are samples and that the policy does not omit. */
  static ImmutableList<Recommendation> recommend(
      Map<String, ContainerAggregate> containers, ResourcePolicy policy) {
    SortedMap<String, ContainerAggregate> meant = new TreeMap<>();
    containers.forEach((name, used) -> {
      if (used.samples() > 0 && !policy.of(name).off()) {
        meant.put(name, used);
      }
    });
    Amounts least =
        new Amounts(
            Amounts.cut(LEAST_POD_MILLI_CPU / meant.size()),
            Amounts.cut(LEAST_POD_BYTES / meant.size()));
    ImmutableList.Builder<Recommendation> recommendations = ImmutableList.builder();
    meant.forEach((name, used) -> recommendations.add(of(name, used, least, policy.of(name))));
    return recommendations.build();
  }

  private static Recommendation of(
      String name, ContainerAggregate used, Amounts least, ResourcePolicy.Of policy) {
    double days = used.confidenceDays();
    ImmutableMap<String, Quantity> target =
        Amounts.at(used, TARGET).atLeast(least).controlled(policy);
    ImmutableMap<String, Quantity> lower =
        Amounts.at(used, LOWER)
            .times(StrictMath.pow(1 + 0.001 / days, -2))
            .atLeast(least)
            .controlled(policy);
    ImmutableMap<String, Quantity> upper =
        Amounts.at(used, UPPER).times(1 + 1 / days).atLeast(least).controlled(policy);
    return new Recommendation(
        name, capped(target, policy), capped(lower, policy), capped(upper, policy), target);
  }

  private static ImmutableMap<String, Quantity> capped(
      ImmutableMap<String, Quantity> amounts, ResourcePolicy.Of policy) {
    ImmutableMap.Builder<String, Quantity> capped = ImmutableMap.builder();
    amounts.forEach((resource, amount) -> capped.put(resource, policy.capped(resource, amount)));
    return capped.buildOrThrow();
  }
}

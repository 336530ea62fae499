package io.towtank.controllers.podautoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.HPAScalingPolicy;
import io.towtank.api.HPAScalingRules;
import io.towtank.api.HPAScalingRulesBuilder;
import io.towtank.api.HorizontalPodAutoscalerBehavior;
import io.towtank.api.HorizontalPodAutoscalerSpec;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the replicas that metrics call for: they are held for a while where they go up
 * and down, changed no faster than policies allow, and kept within the bounds
 * (pkg/controller/podautoscaler: horizontal.go).
 */
public final class Normalization {
  private static final long SECOND = 1_000_000_000L;

  // pkg/controller/podautoscaler: scaleUpLimitFactor, scaleUpLimitMinimum
  private static final double SCALE_UP_FACTOR = 2.0;
  private static final double SCALE_UP_MINIMUM = 4.0;

  private static final HPAScalingPolicy ALL_AGAIN =
      new HPAScalingPolicy("Percent", 100, 15, Fields.NONE);

  // pkg/apis/autoscaling/v2/defaults.go
  private static final HPAScalingRules UP =
      rules(0, new HPAScalingPolicy("Pods", 4, 15, Fields.NONE), ALL_AGAIN);
  private static final HPAScalingRules DOWN = rules(null, ALL_AGAIN);

  private static final Why READY =
      new Why(true, "ReadyForNewScale", "recommended size matches current size");
  private static final Why HELD_DOWN =
      new Why(
          true,
          "ScaleDownStabilized",
          "recent recommendations were higher than current one, applying the highest recent"
              + " recommendation");
  private static final Why HELD_UP =
      new Why(
          true,
          "ScaleUpStabilized",
          "recent recommendations were lower than current one, applying the lowest recent"
              + " recommendation");
  private static final Why WITHIN =
      new Why(false, "DesiredWithinRange", "the desired count is within the acceptable range");
  private static final Why TOO_FAST_UP =
      new Why(
          true,
          "ScaleUpLimit",
          "the desired replica count is increasing faster than the maximum scale rate");
  private static final Why TOO_MANY =
      new Why(
          true,
          "TooManyReplicas",
          "the desired replica count is more than the maximum replica count");
  private static final Why TOO_FAST_DOWN =
      new Why(
          true,
          "ScaleDownLimit",
          "the desired replica count is decreasing faster than the maximum scale rate");
  private static final Why TOO_FEW =
      new Why(
          true,
          "TooFewReplicas",
          "the desired replica count is less than the minimum replica count");

  /**
   * What a condition says.
   *
   * @param status its status
   */
  public record Why(boolean status, String reason, String message) {}

  /**
   * What came of it.
   *
   * @param replicas to be set
   * @param ableToScale the condition AbleToScale
   * @param scalingLimited the condition ScalingLimited
   */
  public record Outcome(int replicas, Why ableToScale, Why scalingLimited) {
    /** Whether recommendations of late are applied in the place of the present one. */
    boolean isHeld() {
      return !ableToScale.equals(READY);
    }
  }

  /** Replicas, and what limited them; {@code why} counts where it did. */
  private record Limited(int replicas, Why why) {}

  private Normalization() {}

  private static HPAScalingRules rules(@Nullable Integer seconds, HPAScalingPolicy... policies) {
    return new HPAScalingRules(seconds, "Max", ImmutableList.copyOf(policies), null, Fields.NONE);
  }

  /**
   * Limits a number of replicas, and keeps it in the history.
   *
   * @param current the replicas that there are
   * @param desired the replicas that metrics call for
   * @param nowNanos by the clock of the history
   */
  public static Outcome normalize(
      HorizontalPodAutoscalerSpec spec,
      ScalingHistory history,
      int current,
      int desired,
      PodAutoscalerOptions options,
      long nowNanos) {
    HorizontalPodAutoscalerBehavior behavior = spec.behavior();
    Integer least = spec.minReplicas();
    int min = least == null ? 1 : least;
    int stabilized;
    Why able;
    Limited limited;
    if (behavior == null) {
      stabilized = stabilize(history, desired, options.downscaleStabilizationNanos(), nowNanos);
      able = stabilized == desired ? READY : HELD_DOWN;
      limited = limit(current, stabilized, min, spec.maxReplicas());
    } else {
      HPAScalingRules up = up(behavior);
      HPAScalingRules down = down(behavior);
      stabilized = stabilize(history, current, desired, up, down, options, nowNanos);
      able = stabilized == desired ? READY : desired >= current ? HELD_UP : HELD_DOWN;
      limited = limit(current, stabilized, min, spec.maxReplicas(), up, down, history, nowNanos);
    }
    Why why =
        new Why(limited.replicas() != stabilized, limited.why().reason(), limited.why().message());
    return new Outcome(limited.replicas(), able, why);
  }

  /** The rules for more replicas, with what the API fills in where they lack it. */
  static HPAScalingRules up(HorizontalPodAutoscalerBehavior behavior) {
    return filledIn(behavior.scaleUp(), UP);
  }

  /** The rules for fewer replicas, with what the API fills in where they lack it. */
  static HPAScalingRules down(HorizontalPodAutoscalerBehavior behavior) {
    return filledIn(behavior.scaleDown(), DOWN);
  }

  private static HPAScalingRules filledIn(
      @Nullable HPAScalingRules rules, HPAScalingRules defaults) {
    if (rules == null) {
      return defaults;
    }
    return rules.policies().isEmpty()
        ? HPAScalingRulesBuilder.builder(rules).policies(defaults.policies()).build()
        : rules;
  }

  /** The highest of the recommendations of late (stabilizeRecommendation). */
  private static int stabilize(
      ScalingHistory history, int desired, long windowNanos, long nowNanos) {
    long cutoff = nowNanos - windowNanos;
    int highest = desired;
    for (ScalingHistory.Recommendation recommendation : history.recommendations()) {
      if (recommendation.nanos() >= cutoff) {
        highest = Math.max(highest, recommendation.replicas());
      }
    }
    history.recommend(desired, nowNanos, cutoff);
    return highest;
  }

  /** The least change that the recommendations of late agree on. */
  private static int stabilize(
      ScalingHistory history,
      int current,
      int desired,
      HPAScalingRules up,
      HPAScalingRules down,
      PodAutoscalerOptions options,
      long nowNanos) {
    Integer upSeconds = up.stabilizationWindowSeconds();
    Integer downSeconds = down.stabilizationWindowSeconds();
    long upCutoff = nowNanos - (upSeconds == null ? 0 : upSeconds * SECOND);
    long downCutoff =
        nowNanos
            - (downSeconds == null ? options.downscaleStabilizationNanos() : downSeconds * SECOND);
    int lowest = desired;
    int highest = desired;
    for (ScalingHistory.Recommendation recommendation : history.recommendations()) {
      if (recommendation.nanos() > upCutoff) {
        lowest = Math.min(lowest, recommendation.replicas());
      }
      if (recommendation.nanos() > downCutoff) {
        highest = Math.max(highest, recommendation.replicas());
      }
    }
    history.recommend(desired, nowNanos, Math.min(upCutoff, downCutoff));
    return Math.min(Math.max(current, lowest), highest);
  }

  /** Without rules: at most twice as many, or four (convertDesiredReplicasWithRules). */
  private static Limited limit(int current, int desired, int min, int max) {
    int fastest = (int) Math.max(SCALE_UP_FACTOR * current, SCALE_UP_MINIMUM);
    int most = Math.min(max, fastest);
    if (desired < min) {
      return new Limited(min, TOO_FEW);
    }
    return desired > most
        ? new Limited(most, max > fastest ? TOO_FAST_UP : TOO_MANY)
        : new Limited(desired, WITHIN);
  }

  /** convertDesiredReplicasWithBehaviorRate. */
  private static Limited limit(
      int current,
      int desired,
      int min,
      int max,
      HPAScalingRules up,
      HPAScalingRules down,
      ScalingHistory history,
      long nowNanos) {
    if (desired > current) {
      int fastest = Math.max(current, mostReplicas(current, up, history, nowNanos));
      int most = Math.min(max, fastest);
      if (desired > most) {
        return new Limited(most, max > fastest ? TOO_FAST_UP : TOO_MANY);
      }
    } else if (desired < current) {
      int fastest = Math.min(current, leastReplicas(current, down, history, nowNanos));
      int least = Math.max(min, fastest);
      if (desired < least) {
        return new Limited(least, min < fastest ? TOO_FAST_DOWN : TOO_FEW);
      }
    }
    return new Limited(desired, WITHIN);
  }

  /** How many replicas rules allow at most (calculateScaleUpLimitWithScalingRules). */
  private static int mostReplicas(
      int current, HPAScalingRules rules, ScalingHistory history, long nowNanos) {
    if ("Disabled".equals(rules.selectPolicy())) {
      return current;
    }
    boolean least = "Min".equals(rules.selectPolicy());
    int most = least ? Integer.MAX_VALUE : Integer.MIN_VALUE;
    for (HPAScalingPolicy policy : rules.policies()) {
      int before = current - history.changedWithin(policy.periodSeconds(), nowNanos);
      int proposed =
          policy.type().equals("Percent")
              // Rounded up, or one replica would never become two.
              ? (int) Math.ceil(before * (1 + policy.value() / 100.0))
              : before + policy.value();
      most = least ? Math.min(most, proposed) : Math.max(most, proposed);
    }
    return most;
  }

  /** How many replicas rules allow at least (calculateScaleDownLimitWithBehaviors). */
  private static int leastReplicas(
      int current, HPAScalingRules rules, ScalingHistory history, long nowNanos) {
    if ("Disabled".equals(rules.selectPolicy())) {
      return current;
    }
    boolean most = "Min".equals(rules.selectPolicy());
    int least = most ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    for (HPAScalingPolicy policy : rules.policies()) {
      int before = current - history.changedWithin(policy.periodSeconds(), nowNanos);
      int proposed =
          policy.type().equals("Percent")
              ? (int) (before * (1 - policy.value() / 100.0))
              : before - policy.value();
      least = most ? Math.max(least, proposed) : Math.min(least, proposed);
    }
    return least;
  }
}

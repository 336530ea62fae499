package io.towtank.store.admission;

import io.towtank.api.HPAScalingRules;
import io.towtank.api.HPAScalingRulesBuilder;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.HorizontalPodAutoscalerBehavior;
import io.towtank.api.HorizontalPodAutoscalerBehaviorBuilder;
import io.towtank.api.HorizontalPodAutoscalerSpecBuilder;
import io.towtank.api.KubeObject;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.validation.FeatureGates;
import org.jspecify.annotations.Nullable;

/**
 * Drops the fields of features that are off, as the API server does without a word
 * (pkg/registry/autoscaling/horizontalpodautoscaler: dropDisabledFields).
 */
final class DisabledFields implements Admission {
  private final FeatureGates gates;

  DisabledFields(FeatureGates gates) {
    this.gates = gates;
  }

  @Override
  public KubeObject admit(AdmissionRequest request) {
    if (!(request.object() instanceof HorizontalPodAutoscaler autoscaler)
        || gates.configurableTolerance()) {
      return request.object();
    }
    HorizontalPodAutoscalerBehavior behavior = autoscaler.spec().behavior();
    if (behavior == null
        || (!hasTolerance(behavior.scaleUp()) && !hasTolerance(behavior.scaleDown()))) {
      return autoscaler;
    }
    return autoscaler.withSpec(
        HorizontalPodAutoscalerSpecBuilder.builder(autoscaler.spec())
            .behavior(
                HorizontalPodAutoscalerBehaviorBuilder.builder(behavior)
                    .scaleUp(withoutTolerance(behavior.scaleUp()))
                    .scaleDown(withoutTolerance(behavior.scaleDown()))
                    .build())
            .build());
  }

  private static boolean hasTolerance(@Nullable HPAScalingRules rules) {
    return rules != null && rules.tolerance() != null;
  }

  private static @Nullable HPAScalingRules withoutTolerance(@Nullable HPAScalingRules rules) {
    return rules == null ? null : HPAScalingRulesBuilder.builder(rules).tolerance(null).build();
  }
}

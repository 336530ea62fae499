package io.towtank.validation;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Quantity;

/**
 * Vertical pod autoscalers (vertical-pod-autoscaler: deploy/vpa-v1-crd-gen.yaml, pkg/
 * admission-controller/resource/vpa/handler.go).
 */
final class VerticalAutoscalingRules {
  private static final ImmutableList<String> UPDATE_MODES =
      ImmutableList.of("Off", "Initial", "Recreate", "InPlaceOrRecreate", "Auto");
  private static final ImmutableList<String> SCALING_MODES = ImmutableList.of("Auto", "Off");
  private static final ImmutableList<String> CONTROLLED_VALUES =
      ImmutableList.of("RequestsAndLimits", "RequestsOnly");
  private static final ImmutableList<String> RESOURCES = ImmutableList.of("cpu", "memory");

  private VerticalAutoscalingRules() {}

  static void verticalPodAutoscaler(Subject spec) {
    Subject target = spec.at("targetRef");
    if (!target.isPresent()) {
      target.required("targetRef is required. If this is a v1beta1 object, switch to v1");
    }
    oneOf(spec.at("updatePolicy", "updateMode"), UPDATE_MODES);
    for (Subject policy : spec.at("resourcePolicy", "containerPolicies").items()) {
      if (!policy.at("containerName").isPresent()) {
        policy.at("containerName").required("a name, or \"*\" for all others");
      }
      oneOf(policy.at("mode"), SCALING_MODES);
      oneOf(policy.at("controlledValues"), CONTROLLED_VALUES);
      policy.at("controlledResources").items().forEach(resource -> oneOf(resource, RESOURCES));
      for (String resource : RESOURCES) {
        Quantity least = policy.at("minAllowed", resource).quantity();
        Quantity most = policy.at("maxAllowed", resource).quantity();
        if (least != null && most != null && least.compareTo(most) > 0) {
          policy.at("maxAllowed", resource).invalid("max resource is lower than min");
        }
      }
    }
  }

  private static void oneOf(Subject word, ImmutableList<String> allowed) {
    if (word.isPresent() && word.text().isEmpty()) {
      word.invalid(
          "must be one of " + String.join(", ", allowed),
          "YAML takes Off for false and On for true unless they are in quotes");
    } else if (word.isPresent() && !allowed.contains(word.text())) {
      word.unsupported(allowed);
    }
  }
}

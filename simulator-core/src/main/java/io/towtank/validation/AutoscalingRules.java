package io.towtank.validation;

import io.towtank.api.Quantity;
import java.util.Map;

/** Horizontal pod autoscalers (pkg/apis/autoscaling/validation). */
final class AutoscalingRules {
  private AutoscalingRules() {}

  static void horizontalPodAutoscaler(Subject spec, FeatureGates gates) {
    Subject least = spec.at("minReplicas");
    Subject most = spec.at("maxReplicas");
    int bound = gates.scaleToZero() ? 0 : 1;
    if (least.whole(1) < bound) {
      least.invalid(
          "must be greater than or equal to " + bound,
          least.whole(1) == 0
              ? "the feature gate "
                  + FeatureGates.SCALE_TO_ZERO
                  + " allows it, which is off unless a scenario has it on:"
                  + " controllerOptions.featureGates"
              : null);
    }
    if (most.whole(1) < 1) {
      most.invalid("must be greater than 0");
    } else if (most.isPresent() && most.whole(1) < least.whole(1)) {
      most.invalid("must be greater than or equal to `minReplicas`");
    }
    boolean countsNothingOfPods = false;
    for (Subject metric : spec.at("metrics").items()) {
      metric(metric);
      String type = metric.at("type").text();
      countsNothingOfPods |= type.equals("Object") || type.equals("External");
    }
    if (gates.scaleToZero() && least.whole(1) == 0 && !countsNothingOfPods) {
      spec.at("metrics")
          .forbidden(
              "must specify at least one Object or External metric to support scaling to zero"
                  + " replicas");
    }
    for (String direction : new String[] {"scaleUp", "scaleDown"}) {
      Subject rules = spec.at("behavior", direction);
      rules.at("stabilizationWindowSeconds").requireBetween(0, 3600);
      for (Subject policy : rules.at("policies").items()) {
        if (policy.at("value").whole(1) <= 0) {
          policy.at("value").invalid("must be greater than zero");
        }
        policy.at("periodSeconds").requireBetween(1, 1800);
      }
      Quantity tolerance = rules.at("tolerance").quantity();
      if (tolerance != null && tolerance.sign() < 0) {
        rules.at("tolerance").invalid("must be greater than or equal to 0");
      }
    }
  }

  private static void metric(Subject metric) {
    String field =
        switch (metric.at("type").text()) {
          case "Resource" -> "resource";
          case "ContainerResource" -> "containerResource";
          case "Pods" -> "pods";
          case "Object" -> "object";
          case "External" -> "external";
          default -> "";
        };
    if (field.isEmpty()) {
      return;
    }
    if (!metric.at(field).isPresent()) {
      metric.at(field).required("must populate information for the given metric source");
      return;
    }
    for (Map.Entry<String, Subject> other : metric.entries().entrySet()) {
      if (!other.getKey().equals("type")
          && !other.getKey().equals(field)
          && other.getValue().isPresent()) {
        metric.at(other.getKey()).forbidden("must populate the given metric source only");
      }
    }
    Subject target = metric.at(field, "target");
    String wanted =
        switch (target.at("type").text()) {
          case "Utilization" -> "averageUtilization";
          case "AverageValue" -> "averageValue";
          case "Value" -> "value";
          default -> "";
        };
    if (!wanted.isEmpty() && !target.at(wanted).isPresent()) {
      target.at(wanted).required("must be set for a target of type " + target.at("type").text());
    }
    if (target.at("averageUtilization").whole(1) < 1) {
      target.at("averageUtilization").invalid("must be greater than 0");
    }
  }
}

package io.towtank.defaults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Horizontal pod autoscalers (pkg/apis/autoscaling/v2/defaults.go). */
final class AutoscalingDefaults {
  private static final int CPU_UTILIZATION = 80;
  private static final int PERIOD_SECONDS = 15;

  private AutoscalingDefaults() {}

  static void horizontalPodAutoscaler(ObjectNode spec) {
    Absent.set(spec, "minReplicas", 1);
    if (spec.path("metrics").isEmpty()) {
      ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
      metric
          .putObject("resource")
          .put("name", "cpu")
          .putObject("target")
          .put("type", "Utilization")
          .put("averageUtilization", CPU_UTILIZATION);
    }
    if (spec.path("behavior") instanceof ObjectNode behavior) {
      ObjectNode up = Absent.object(behavior, "scaleUp");
      Absent.set(up, "stabilizationWindowSeconds", 0);
      Absent.set(up, "selectPolicy", "Max");
      if (up.path("policies").isEmpty()) {
        ArrayNode policies = up.putArray("policies");
        policy(policies, "Pods", 4);
        policy(policies, "Percent", 100);
      }
      ObjectNode down = Absent.object(behavior, "scaleDown");
      Absent.set(down, "selectPolicy", "Max");
      if (down.path("policies").isEmpty()) {
        policy(down.putArray("policies"), "Percent", 100);
      }
    }
  }

  private static void policy(ArrayNode policies, String type, int value) {
    policies.addObject().put("type", type).put("value", value).put("periodSeconds", PERIOD_SECONDS);
  }
}

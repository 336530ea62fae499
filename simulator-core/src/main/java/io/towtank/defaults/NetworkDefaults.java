package io.towtank.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Services, endpoints, network policies (pkg/apis/core/v1/defaults.go, pkg/apis/discovery/v1,
 * pkg/apis/networking/v1).
 */
final class NetworkDefaults {
  private static final int SESSION_SECONDS = 10800;

  private NetworkDefaults() {}

  static void service(ObjectNode spec) {
    Absent.set(spec, "type", "ClusterIP");
    String type = spec.path("type").asText();
    Absent.set(spec, "sessionAffinity", "None");
    if (spec.path("sessionAffinity").asText().equals("ClientIP")) {
      ObjectNode client = Absent.object(Absent.object(spec, "sessionAffinityConfig"), "clientIP");
      Absent.set(client, "timeoutSeconds", SESSION_SECONDS);
    } else {
      spec.remove("sessionAffinityConfig");
    }
    for (ObjectNode port : Absent.objects(spec, "ports")) {
      Absent.set(port, "protocol", "TCP");
      JsonNode target = port.path("targetPort");
      if (Absent.is(port, "targetPort") || (target.isNumber() && target.asInt() == 0)) {
        port.set("targetPort", port.path("port"));
      }
    }
    boolean external = type.equals("NodePort") || type.equals("LoadBalancer");
    if (external || (type.equals("ClusterIP") && !spec.path("externalIPs").isEmpty())) {
      Absent.set(spec, "externalTrafficPolicy", "Cluster");
    }
    if (type.equals("LoadBalancer")) {
      Absent.set(spec, "allocateLoadBalancerNodePorts", true);
    }
    if (!type.equals("ExternalName")) {
      Absent.set(spec, "internalTrafficPolicy", "Cluster");
    }
  }

  static void endpointSlice(ObjectNode document) {
    for (ObjectNode port : Absent.objects(document, "ports")) {
      if (!port.has("name")) {
        port.put("name", "");
      }
      Absent.set(port, "protocol", "TCP");
    }
  }

  static void endpoints(ObjectNode document) {
    for (ObjectNode subset : Absent.objects(document, "subsets")) {
      for (ObjectNode port : Absent.objects(subset, "ports")) {
        Absent.set(port, "protocol", "TCP");
      }
    }
  }

  static void networkPolicy(ObjectNode spec) {
    for (String direction : new String[] {"ingress", "egress"}) {
      for (ObjectNode rule : Absent.objects(spec, direction)) {
        for (ObjectNode port : Absent.objects(rule, "ports")) {
          Absent.set(port, "protocol", "TCP");
        }
      }
    }
    if (spec.path("policyTypes").isEmpty()) {
      ArrayNode types = spec.putArray("policyTypes").add("Ingress");
      if (!spec.path("egress").isEmpty()) {
        types.add("Egress");
      }
    }
  }
}

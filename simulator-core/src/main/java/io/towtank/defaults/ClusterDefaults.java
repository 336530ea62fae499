package io.towtank.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Namespaces, nodes, limits, secrets and what extends the API. */
final class ClusterDefaults {
  private ClusterDefaults() {}

  static void namespace(ObjectNode document) {
    String name = document.path("metadata").path("name").asText();
    if (!name.isEmpty()) {
      ObjectNode labels = Absent.object(Absent.object(document, "metadata"), "labels");
      labels.put("kubernetes.io/metadata.name", name);
    }
    Absent.set(Absent.object(document, "status"), "phase", "Active");
  }

  static void node(ObjectNode document) {
    if (document.path("status") instanceof ObjectNode status
        && status.path("capacity").isObject()
        && Absent.is(status, "allocatable")) {
      status.set("allocatable", status.path("capacity").deepCopy());
    }
  }

  /** Of containers: the limit is the largest allowed, the request the limit or the smallest. */
  static void limitRange(ObjectNode spec) {
    for (ObjectNode limit : Absent.objects(spec, "limits")) {
      if (limit.path("type").asText().equals("Container")) {
        fill(limit, "max", "default");
        fill(limit, "default", "defaultRequest");
        fill(limit, "min", "defaultRequest");
      }
    }
  }

  private static void fill(ObjectNode limit, String from, String to) {
    for (Map.Entry<String, JsonNode> amount : limit.path(from).properties()) {
      ObjectNode target = Absent.object(limit, to);
      if (!target.has(amount.getKey())) {
        target.set(amount.getKey(), amount.getValue());
      }
    }
  }

  /** stringData is for writing only (pkg/apis/core/v1/conversion.go). */
  static void secret(ObjectNode document) {
    Absent.set(document, "type", "Opaque");
    if (document.remove("stringData") instanceof ObjectNode plain) {
      for (Map.Entry<String, JsonNode> entry : plain.properties()) {
        byte[] bytes = entry.getValue().asText().getBytes(StandardCharsets.UTF_8);
        Absent.object(document, "data")
            .put(entry.getKey(), Base64.getEncoder().encodeToString(bytes));
      }
    }
  }

  static void priorityClass(ObjectNode document) {
    Absent.set(document, "preemptionPolicy", "PreemptLowerPriority");
  }

  static void roleBinding(ObjectNode document) {
    if (document.path("roleRef") instanceof ObjectNode role) {
      Absent.set(role, "apiGroup", "rbac.authorization.k8s.io");
    }
    for (ObjectNode subject : Absent.objects(document, "subjects")) {
      String kind = subject.path("kind").asText();
      if (kind.equals("User") || kind.equals("Group")) {
        Absent.set(subject, "apiGroup", "rbac.authorization.k8s.io");
      }
    }
  }

  static void ingressClass(ObjectNode spec) {
    if (spec.path("parameters") instanceof ObjectNode parameters) {
      Absent.set(parameters, "scope", "Cluster");
    }
  }

  static void customResourceDefinition(ObjectNode spec) {
    ObjectNode names = Absent.object(spec, "names");
    String kind = names.path("kind").asText();
    if (!kind.isEmpty()) {
      Absent.set(names, "singular", Ascii.toLowerCase(kind));
      Absent.set(names, "listKind", kind + "List");
    }
    Absent.set(Absent.object(spec, "conversion"), "strategy", "None");
  }

  static void webhooks(ObjectNode document, boolean mutating) {
    for (ObjectNode webhook : Absent.objects(document, "webhooks")) {
      Absent.set(webhook, "failurePolicy", "Fail");
      Absent.set(webhook, "matchPolicy", "Equivalent");
      Absent.object(webhook, "namespaceSelector");
      Absent.object(webhook, "objectSelector");
      Absent.set(webhook, "timeoutSeconds", 10);
      if (mutating) {
        Absent.set(webhook, "reinvocationPolicy", "Never");
      }
      for (ObjectNode rule : Absent.objects(webhook, "rules")) {
        Absent.set(rule, "scope", "*");
      }
      if (webhook.path("clientConfig").path("service") instanceof ObjectNode service) {
        Absent.set(service, "port", 443);
      }
    }
  }
}

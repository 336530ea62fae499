package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts objects in API versions that Kubernetes has removed, as its own conversions did
 * (pkg/apis/*&#47;*&#47;conversion.go and defaults.go of the releases that had them). Documents are
 * changed in place: what moves keeps its position.
 */
final class OldVersions {
  /** The old versions of kinds that differ from the current one in name alone. */
  private static final ImmutableMap<String, String> RENAMED =
      ImmutableMap.<String, String>builder()
          .put("extensions/v1beta1 NetworkPolicy", "networking.k8s.io/v1")
          .put("networking.k8s.io/v1beta1 IngressClass", "networking.k8s.io/v1")
          .put("apps/v1beta1 ControllerRevision", "apps/v1")
          .put("apps/v1beta2 ControllerRevision", "apps/v1")
          .put("apps/v1beta2 Deployment", "apps/v1")
          .put("apps/v1beta2 ReplicaSet", "apps/v1")
          .put("apps/v1beta2 StatefulSet", "apps/v1")
          .put("apps/v1beta2 DaemonSet", "apps/v1")
          .put("autoscaling/v2beta2 HorizontalPodAutoscaler", "autoscaling/v2")
          .put("autoscaling.k8s.io/v1beta2 VerticalPodAutoscaler", "autoscaling.k8s.io/v1")
          .put("batch/v1beta1 CronJob", "batch/v1")
          .put("batch/v2alpha1 CronJob", "batch/v1")
          .put("policy/v1beta1 PodDisruptionBudget", "policy/v1")
          .put("scheduling.k8s.io/v1alpha1 PriorityClass", "scheduling.k8s.io/v1")
          .put("scheduling.k8s.io/v1beta1 PriorityClass", "scheduling.k8s.io/v1")
          .put("storage.k8s.io/v1beta1 CSIDriver", "storage.k8s.io/v1")
          .put("storage.k8s.io/v1beta1 CSINode", "storage.k8s.io/v1")
          .put("storage.k8s.io/v1alpha1 CSIStorageCapacity", "storage.k8s.io/v1")
          .put("storage.k8s.io/v1beta1 CSIStorageCapacity", "storage.k8s.io/v1")
          .put("storage.k8s.io/v1beta1 StorageClass", "storage.k8s.io/v1")
          .put("storage.k8s.io/v1alpha1 VolumeAttachment", "storage.k8s.io/v1")
          .put("storage.k8s.io/v1beta1 VolumeAttachment", "storage.k8s.io/v1")
          .put("storage.k8s.io/v1alpha1 VolumeAttributesClass", "storage.k8s.io/v1")
          .put("coordination.k8s.io/v1beta1 Lease", "coordination.k8s.io/v1")
          .put("events.k8s.io/v1beta1 Event", "events.k8s.io/v1")
          .put("node.k8s.io/v1beta1 RuntimeClass", "node.k8s.io/v1")
          .put("rbac.authorization.k8s.io/v1alpha1 Role", "rbac.authorization.k8s.io/v1")
          .put("rbac.authorization.k8s.io/v1beta1 Role", "rbac.authorization.k8s.io/v1")
          .put("rbac.authorization.k8s.io/v1alpha1 RoleBinding", "rbac.authorization.k8s.io/v1")
          .put("rbac.authorization.k8s.io/v1beta1 RoleBinding", "rbac.authorization.k8s.io/v1")
          .put("rbac.authorization.k8s.io/v1alpha1 ClusterRole", "rbac.authorization.k8s.io/v1")
          .put("rbac.authorization.k8s.io/v1beta1 ClusterRole", "rbac.authorization.k8s.io/v1")
          .put(
              "rbac.authorization.k8s.io/v1alpha1 ClusterRoleBinding",
              "rbac.authorization.k8s.io/v1")
          .put(
              "rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding",
              "rbac.authorization.k8s.io/v1")
          .put("certificates.k8s.io/v1beta1 CertificateSigningRequest", "certificates.k8s.io/v1")
          .put(
              "admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration",
              "admissionregistration.k8s.io/v1")
          .put(
              "admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration",
              "admissionregistration.k8s.io/v1")
          .put(
              "admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy",
              "admissionregistration.k8s.io/v1")
          .put(
              "admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicyBinding",
              "admissionregistration.k8s.io/v1")
          .put("apiregistration.k8s.io/v1beta1 APIService", "apiregistration.k8s.io/v1")
          .buildOrThrow();

  private static final ImmutableSet<String> INGRESS_VERSIONS =
      ImmutableSet.of("extensions/v1beta1", "networking.k8s.io/v1beta1");

  /** No deadline and no limit, as the first versions had it. */
  private static final int NEVER = Integer.MAX_VALUE;

  private OldVersions() {}

  /**
   * Converts a document, if it is in an old version.
   *
   * @return what was done, in words; null where nothing was
   */
  static @Nullable String convert(ObjectNode document, String apiVersion, String kind) {
    List<String> changes = new ArrayList<>();
    String current = RENAMED.get(apiVersion + " " + kind);
    ObjectNode spec = document.path("spec") instanceof ObjectNode object ? object : null;
    if (current != null) {
      if (kind.equals("PodDisruptionBudget") && spec != null) {
        emptySelector(spec, changes);
      } else if (kind.equals("DaemonSet") || kind.equals("Deployment")) {
        dropOldFields(spec, changes);
      }
    } else if (kind.equals("Ingress") && INGRESS_VERSIONS.contains(apiVersion)) {
      current = "networking.k8s.io/v1";
      ingress(spec);
    } else if (apiVersion.equals("extensions/v1beta1") || apiVersion.equals("apps/v1beta1")) {
      if (List.of("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet").contains(kind)) {
        current = "apps/v1";
        workload(spec, apiVersion, kind, changes);
      }
    } else if (kind.equals("HorizontalPodAutoscaler")) {
      if (apiVersion.equals("autoscaling/v1")) {
        current = "autoscaling/v2";
        autoscalerV1(document, spec);
      } else if (apiVersion.equals("autoscaling/v2beta1")) {
        current = "autoscaling/v2";
        autoscalerV2beta1(document, spec);
      }
    } else if (kind.equals("EndpointSlice") && apiVersion.equals("discovery.k8s.io/v1beta1")) {
      current = "discovery.k8s.io/v1";
      endpointSlice(document);
    } else if (kind.equals("CustomResourceDefinition")
        && apiVersion.equals("apiextensions.k8s.io/v1beta1")) {
      current = "apiextensions.k8s.io/v1";
      customResourceDefinition(spec);
    }
    if (current == null) {
      return null;
    }
    document.put("apiVersion", current);
    return apiVersion
        + " "
        + kind
        + " is read as "
        + current
        + (changes.isEmpty() ? "" : ": " + String.join("; ", changes))
        + (apiVersion.equals("autoscaling/v1")
            ? ""
            : "; Kubernetes no longer serves " + apiVersion);
  }

  /** In policy/v1beta1 an empty selector selects nothing, in policy/v1 everything. */
  private static void emptySelector(ObjectNode spec, List<String> changes) {
    if (spec.path("selector").isObject() && spec.path("selector").isEmpty()) {
      spec.remove("selector");
      changes.add("its empty selector selects no pods, as it did");
    }
  }

  private static void dropOldFields(@Nullable ObjectNode spec, List<String> changes) {
    for (String field : new String[] {"rollbackTo", "templateGeneration"}) {
      if (spec != null && spec.remove(field) != null) {
        changes.add("spec." + field + " is left out: it has no successor");
      }
    }
  }

  private static void ingress(@Nullable ObjectNode spec) {
    if (spec == null) {
      return;
    }
    JsonNode backend = spec.remove("backend");
    if (backend != null) {
      ingressBackend(backend);
      spec.set("defaultBackend", backend);
    }
    for (JsonNode rule : spec.path("rules")) {
      for (JsonNode path : rule.path("http").path("paths")) {
        ingressBackend(path.path("backend"));
        if (path instanceof ObjectNode object && !object.has("pathType")) {
          object.put("pathType", "ImplementationSpecific");
        }
      }
    }
  }

  private static void ingressBackend(JsonNode backend) {
    if (!(backend instanceof ObjectNode object)
        || !(object.has("serviceName") || object.has("servicePort"))) {
      return;
    }
    ObjectNode service = object.putObject("service");
    JsonNode name = object.remove("serviceName");
    if (name != null) {
      service.set("name", name);
    }
    JsonNode port = object.remove("servicePort");
    if (port != null) {
      service.putObject("port").set(port.isTextual() ? "name" : "number", port);
    }
  }

  private static void workload(
      @Nullable ObjectNode spec, String apiVersion, String kind, List<String> changes) {
    if (spec == null) {
      return;
    }
    JsonNode labels = spec.path("template").path("metadata").path("labels");
    if (!spec.has("selector") && labels.isObject()) {
      spec.putObject("selector").set("matchLabels", labels.deepCopy());
      changes.add("the selector is the template's labels");
    }
    dropOldFields(spec, changes);
    boolean first = apiVersion.equals("extensions/v1beta1");
    switch (kind) {
      case "Deployment" -> {
        absent(spec, "revisionHistoryLimit", first ? NEVER : 2);
        if (first) {
          absent(spec, "progressDeadlineSeconds", NEVER);
          if (!spec.path("strategy").path("type").asText().equals("Recreate")) {
            ObjectNode rolling =
                spec.withObjectProperty("strategy").withObjectProperty("rollingUpdate");
            absent(rolling, "maxUnavailable", 1);
            absent(rolling, "maxSurge", 1);
          }
        }
      }
      case "DaemonSet", "StatefulSet" -> {
        if (!spec.path("updateStrategy").has("type")) {
          spec.withObjectProperty("updateStrategy").put("type", "OnDelete");
        }
      }
      default -> {}
    }
  }

  private static void absent(ObjectNode object, String field, int value) {
    if (!object.has(field)) {
      object.put(field, value);
    }
  }

  private static void autoscalerV1(ObjectNode document, @Nullable ObjectNode spec) {
    if (spec != null) {
      JsonNode utilization = spec.remove("targetCPUUtilizationPercentage");
      if (utilization != null && !utilization.isNull()) {
        ObjectNode metric = spec.withArrayProperty("metrics").addObject().put("type", "Resource");
        ObjectNode target = metric.putObject("resource").put("name", "cpu").putObject("target");
        target.put("type", "Utilization").set("averageUtilization", utilization);
      }
    }
    if (document.path("status") instanceof ObjectNode status) {
      JsonNode utilization = status.remove("currentCPUUtilizationPercentage");
      if (utilization != null && !utilization.isNull()) {
        ObjectNode metric =
            status.withArrayProperty("currentMetrics").addObject().put("type", "Resource");
        ObjectNode current = metric.putObject("resource").put("name", "cpu").putObject("current");
        current.set("averageUtilization", utilization);
      }
    }
  }

  private static void autoscalerV2beta1(ObjectNode document, @Nullable ObjectNode spec) {
    if (spec != null) {
      for (JsonNode metric : spec.path("metrics")) {
        metric(metric, "target", "target");
      }
    }
    for (JsonNode metric : document.path("status").path("currentMetrics")) {
      metric(metric, "current", "current");
    }
  }

  /**
   * A metric of autoscaling/v2beta1 has its values beside its name.
   *
   * @param prefix with which the names of its values begin
   * @param values the field that takes them
   */
  private static void metric(JsonNode metric, String prefix, String values) {
    for (Map.Entry<String, JsonNode> source : metric.properties()) {
      if (!(source.getValue() instanceof ObjectNode object)) {
        continue;
      }
      if (source.getKey().equals("object")) {
        JsonNode described = object.remove("target");
        if (described != null) {
          object.set("describedObject", described);
        }
      }
      JsonNode utilization = object.remove(prefix + "AverageUtilization");
      JsonNode average = object.remove(prefix + "AverageValue");
      JsonNode value = object.remove(prefix + "Value");
      if (average == null && source.getKey().equals("object")) {
        average = object.remove("averageValue");
      }
      JsonNode name = object.remove("metricName");
      JsonNode selector =
          object.remove(source.getKey().equals("external") ? "metricSelector" : "selector");
      if (name != null || selector != null) {
        ObjectNode identity = object.putObject("metric");
        if (name != null) {
          identity.set("name", name);
        }
        if (selector != null) {
          identity.set("selector", selector);
        }
      }
      if (utilization == null && average == null && value == null) {
        continue;
      }
      ObjectNode target = object.putObject(values);
      if (prefix.equals("target")) {
        target.put(
            "type",
            utilization != null ? "Utilization" : average != null ? "AverageValue" : "Value");
      }
      set(target, "averageUtilization", utilization);
      set(target, "averageValue", average);
      set(target, "value", prefix.equals("target") && average != null ? null : value);
    }
  }

  private static void set(ObjectNode object, String field, @Nullable JsonNode value) {
    if (value != null && !value.isNull()) {
      object.set(field, value);
    }
  }

  private static void endpointSlice(ObjectNode document) {
    for (JsonNode node : document.path("endpoints")) {
      if (node instanceof ObjectNode endpoint
          && endpoint.remove("topology") instanceof ObjectNode topology) {
        if (!endpoint.has("nodeName")) {
          set(endpoint, "nodeName", topology.remove("kubernetes.io/hostname"));
        }
        set(endpoint, "zone", topology.remove("topology.kubernetes.io/zone"));
        topology.remove("kubernetes.io/hostname");
        if (!topology.isEmpty()) {
          endpoint.set("deprecatedTopology", topology);
        }
      }
    }
  }

  private static void customResourceDefinition(@Nullable ObjectNode spec) {
    if (spec == null) {
      return;
    }
    JsonNode version = spec.remove("version");
    JsonNode columns = spec.remove("additionalPrinterColumns");
    JsonNode validation = spec.remove("validation");
    JsonNode subresources = spec.remove("subresources");
    ArrayNode versions = spec.withArrayProperty("versions");
    if (versions.isEmpty() && version != null) {
      versions.addObject().put("served", true).put("storage", true).set("name", version);
    }
    boolean preserves = spec.path("preserveUnknownFields").asBoolean(true);
    for (JsonNode node : versions) {
      if (node instanceof ObjectNode each) {
        for (JsonNode column : columns == null ? List.<JsonNode>of() : columns) {
          if (column instanceof ObjectNode object && object.has("JSONPath")) {
            object.set("jsonPath", object.remove("JSONPath"));
          }
        }
        copyTo(each, "additionalPrinterColumns", columns);
        copyTo(each, "subresources", subresources);
        copyTo(each, "schema", validation);
        if (!each.has("schema")) {
          ObjectNode schema = each.putObject("schema").putObject("openAPIV3Schema");
          schema.put("type", "object");
          if (preserves) {
            schema.put("x-kubernetes-preserve-unknown-fields", true);
          }
        }
      }
    }
    spec.remove("preserveUnknownFields");
    JsonNode names = spec.path("conversion");
    if (names instanceof ObjectNode conversion
        && conversion.remove("webhookClientConfig") instanceof ObjectNode client) {
      ObjectNode webhook = conversion.putObject("webhook");
      webhook.set("clientConfig", client);
      set(webhook, "conversionReviewVersions", conversion.remove("conversionReviewVersions"));
    }
  }

  private static void copyTo(ObjectNode version, String field, @Nullable JsonNode value) {
    if (value != null && !value.isNull() && !version.has(field)) {
      version.set(field, value.deepCopy());
    }
  }
}

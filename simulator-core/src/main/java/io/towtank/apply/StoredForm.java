package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.schema.FieldSchema;
import io.towtank.schema.ValueType;
import java.util.Map;

/**
 * What is left of a document once it has been through Kubernetes' Go types, as every object has
 * that is stored: no nulls, no empty optional lists and maps, and none of the fields that are
 * written with {@code omitempty} and without a pointer where they are zero, false or empty. It
 * matters, since what is not there has to be added again by whoever wants it.
 */
final class StoredForm {
  /** Numbers and booleans that are left out where they are zero; all others are pointers. */
  private static final ImmutableSet<String> LEFT_OUT_AT_ZERO =
      ImmutableSet.of(
          "apps/v1.DaemonSetSpec.minReadySeconds",
          "apps/v1.DeploymentSpec.minReadySeconds",
          "apps/v1.DeploymentSpec.paused",
          "apps/v1.ReplicaSetSpec.minReadySeconds",
          "apps/v1.StatefulSetSpec.minReadySeconds",
          "core/v1.CSIPersistentVolumeSource.readOnly",
          "core/v1.Container.stdin",
          "core/v1.Container.stdinOnce",
          "core/v1.Container.tty",
          "core/v1.ContainerPort.hostPort",
          "core/v1.EphemeralContainer.stdin",
          "core/v1.EphemeralContainer.stdinOnce",
          "core/v1.EphemeralContainer.tty",
          "core/v1.ISCSIVolumeSource.readOnly",
          "core/v1.NFSVolumeSource.readOnly",
          "core/v1.NodeSpec.unschedulable",
          "core/v1.PersistentVolumeClaimVolumeSource.readOnly",
          "core/v1.PodSpec.hostIPC",
          "core/v1.PodSpec.hostNetwork",
          "core/v1.PodSpec.hostPID",
          "core/v1.Probe.failureThreshold",
          "core/v1.Probe.initialDelaySeconds",
          "core/v1.Probe.periodSeconds",
          "core/v1.Probe.successThreshold",
          "core/v1.Probe.timeoutSeconds",
          "core/v1.ServicePort.nodePort",
          "core/v1.ServiceSpec.healthCheckNodePort",
          "core/v1.ServiceSpec.publishNotReadyAddresses",
          "core/v1.VolumeMount.readOnly",
          "meta/v1.ObjectMeta.generation",
          "scheduling/v1.PriorityClass.globalDefault");

  /** Optional texts that are pointers, so that an empty one is kept; all others are left out. */
  private static final ImmutableSet<String> KEPT_WHEN_EMPTY =
      ImmutableSet.of(
          "core/v1.PersistentVolumeClaimSpec.storageClassName",
          "core/v1.PersistentVolumeClaimSpec.volumeAttributesClassName",
          "core/v1.PersistentVolumeClaimSpec.volumeMode",
          "core/v1.PersistentVolumeSpec.volumeAttributesClassName",
          "core/v1.PersistentVolumeSpec.volumeMode",
          "core/v1.PodSpec.hostnameOverride",
          "core/v1.PodSpec.preemptionPolicy",
          "core/v1.PodSpec.runtimeClassName",
          "core/v1.ServicePort.appProtocol",
          "core/v1.ServiceSpec.internalTrafficPolicy",
          "core/v1.ServiceSpec.ipFamilyPolicy",
          "core/v1.ServiceSpec.loadBalancerClass",
          "core/v1.ServiceSpec.trafficDistribution",
          "networking/v1.HTTPIngressPath.pathType",
          "networking/v1.IngressSpec.ingressClassName",
          "scheduling/v1.PriorityClass.preemptionPolicy",
          "storage/v1.StorageClass.reclaimPolicy",
          "storage/v1.StorageClass.volumeBindingMode");

  private StoredForm() {}

  static JsonNode of(JsonNode value, MergeType type) {
    if (value.isArray()) {
      ArrayNode kept = JsonNodeFactory.instance.arrayNode(value.size());
      value.forEach(element -> kept.add(of(element, type.ofElements())));
      return kept;
    }
    return value instanceof ObjectNode object ? of(object, type) : value;
  }

  static ObjectNode of(ObjectNode object, MergeType type) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (!entry.getValue().isNull()) {
        JsonNode value = of(entry.getValue(), type.ofEntry(entry.getKey()));
        if (!isLeftOut(entry.getKey(), value, type)) {
          kept.set(entry.getKey(), value);
        }
      }
    }
    return kept;
  }

  private static boolean isLeftOut(String name, JsonNode value, MergeType type) {
    FieldSchema field = type.field(name);
    if (field == null) {
      return false;
    }
    String place = type.name() + "." + name;
    return switch (field.type()) {
      case ValueType.ListOf list -> !field.required() && value.isArray() && value.isEmpty();
      case ValueType.MapOf map -> !field.required() && value.isObject() && value.isEmpty();
      case ValueType.ObjectOf object -> false;
      case ValueType.Scalar scalar ->
          switch (scalar) {
            case STRING ->
                !field.required()
                    && value.isTextual()
                    && value.textValue().isEmpty()
                    && !KEPT_WHEN_EMPTY.contains(place);
            case INT32, INT64, NUMBER ->
                value.isNumber() && value.asDouble() == 0 && LEFT_OUT_AT_ZERO.contains(place);
            case BOOLEAN ->
                value.isBoolean() && !value.booleanValue() && LEFT_OUT_AT_ZERO.contains(place);
            case BYTES, QUANTITY, INT_OR_STRING, TIME, MICRO_TIME, ANY -> false;
          };
    };
  }
}

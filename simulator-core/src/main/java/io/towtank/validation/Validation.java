package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.schema.ObjectType;
import io.towtank.schema.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is wrong with a document: first as the API server's strict decoding does (unknown
 * fields, wrong shapes), then as its validation does for what people commonly get wrong. Documents
 * may have their defaults filled in or not.
 *
 * <p>Documents of kinds that are not built in are searched for mistakes in their metadata alone,
 * but for VerticalPodAutoscalers and the scale of CustomResourceDefinitions.
 */
public final class Validation {
  private Validation() {}

  /** All mistakes in a document, which is in a current API version; none where it is fine. */
  public static ImmutableList<FieldError> validate(JsonNode document) {
    return validate(document, FeatureGates.DEFAULT, path -> null);
  }

  /**
   * All mistakes in a document.
   *
   * @param gates what of the newest is allowed
   * @param wordAt how the value at a place was written, where that is known and may differ from
   *     what it was taken for
   */
  public static ImmutableList<FieldError> validate(
      JsonNode document, FeatureGates gates, Function<FieldPath, @Nullable String> wordAt) {
    String apiVersion = document.path("apiVersion").asText();
    String kind = document.path("kind").asText();
    List<FieldError> found = new ArrayList<>();
    ObjectType type = Schema.builtIn().typeOf(apiVersion, kind);
    if (type == null) {
      new SchemaCheck(Schema.builtIn(), wordAt, found)
          .checkPart(
              Schema.builtIn().type("meta/v1.ObjectMeta"),
              document.path("metadata"),
              FieldPath.ROOT.field("metadata"));
    } else {
      new SchemaCheck(Schema.builtIn(), wordAt, found).check(type, document);
    }
    Set<FieldPath> complained = new HashSet<>();
    found.forEach(error -> complained.add(error.path()));
    List<FieldError> broken = new ArrayList<>();
    Subject subject = Subject.of(document, broken);
    MetadataRules.object(subject.at("metadata"), nameCheck(apiVersion, kind));
    rules(apiVersion + " " + kind, subject, gates);
    for (FieldError error : broken) {
      if (!concernsAny(error.place(), complained)) {
        found.add(error);
      }
    }
    return ImmutableList.copyOf(found);
  }

  /** Whether a place, or one around it, is among some. */
  private static boolean concernsAny(FieldPath place, Set<FieldPath> places) {
    for (FieldPath around = place; around != null && around.parent() != null; ) {
      if (places.contains(around)) {
        return true;
      }
      around = around.parent();
    }
    return false;
  }

  private static NameCheck nameCheck(String apiVersion, String kind) {
    if (apiVersion.startsWith("rbac.authorization.k8s.io/")) {
      return NameCheck.PATH_SEGMENT;
    }
    return switch (kind) {
      case "Service" ->
          apiVersion.equals("v1") ? NameCheck.DNS_1035_LABEL : NameCheck.DNS_SUBDOMAIN;
      case "Namespace" -> NameCheck.DNS_LABEL;
      default -> NameCheck.DNS_SUBDOMAIN;
    };
  }

  private static void rules(String kind, Subject document, FeatureGates gates) {
    Subject spec = document.at("spec");
    switch (kind) {
      case "v1 Pod" -> PodRules.spec(spec);
      case "v1 PodTemplate" -> PodRules.template(document.at("template"));
      case "v1 Node" -> NodeRules.node(document);
      case "v1 Service" -> ServiceRules.service(spec);
      case "v1 PersistentVolumeClaim" -> StorageRules.claim(spec);
      case "v1 PersistentVolume" -> StorageRules.volume(spec);
      case "v1 ResourceQuota" -> PolicyRules.resourceQuota(spec);
      case "v1 LimitRange" -> PolicyRules.limitRange(spec);
      case "v1 ConfigMap", "v1 Secret" -> ConfigurationRules.configuration(document);
      case "apps/v1 Deployment" -> WorkloadRules.deployment(spec);
      case "apps/v1 ReplicaSet" -> WorkloadRules.replicaSet(spec);
      case "apps/v1 StatefulSet" -> WorkloadRules.statefulSet(spec);
      case "apps/v1 DaemonSet" -> WorkloadRules.daemonSet(spec);
      case "batch/v1 Job" -> WorkloadRules.job(spec);
      case "batch/v1 CronJob" -> WorkloadRules.cronJob(document);
      case "autoscaling/v2 HorizontalPodAutoscaler" ->
          AutoscalingRules.horizontalPodAutoscaler(spec, gates);
      case "autoscaling.k8s.io/v1 VerticalPodAutoscaler" ->
          VerticalAutoscalingRules.verticalPodAutoscaler(spec);
      case "policy/v1 PodDisruptionBudget" -> PolicyRules.podDisruptionBudget(spec);
      case "scheduling.k8s.io/v1 PriorityClass" -> PolicyRules.priorityClass(document);
      case "networking.k8s.io/v1 Ingress" -> ServiceRules.ingress(spec);
      case "discovery.k8s.io/v1 EndpointSlice" -> ServiceRules.endpointSlice(document);
      case "storage.k8s.io/v1 StorageClass" -> StorageRules.storageClass(document);
      case "apiextensions.k8s.io/v1 CustomResourceDefinition" ->
          CustomResourceRules.definition(spec);
      default -> {}
    }
  }
}

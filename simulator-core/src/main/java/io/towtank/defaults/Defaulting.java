package io.towtank.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.codec.ObjectCodec;

/**
 * Fills in what objects leave open, as the API server does. What is filled in already stays as it
 * is, so that doing it twice is doing it once.
 */
public final class Defaulting {
  private Defaulting() {}

  /** Fills in a document, which is in a current API version and valid. */
  public static void apply(ObjectNode document) {
    String type = document.path("apiVersion").asText() + " " + document.path("kind").asText();
    switch (type) {
      case "v1 Pod" -> {
        ObjectNode spec = Absent.object(document, "spec");
        PodDefaults.spec(spec);
        PodDefaults.podOnly(spec);
      }
      case "v1 PodTemplate" -> PodDefaults.template(Absent.object(document, "template"));
      case "v1 ReplicationController" -> WorkloadDefaults.replicationController(document);
      case "v1 Service" -> NetworkDefaults.service(Absent.object(document, "spec"));
      case "v1 Endpoints" -> NetworkDefaults.endpoints(document);
      case "v1 Namespace" -> ClusterDefaults.namespace(document);
      case "v1 Node" -> ClusterDefaults.node(document);
      case "v1 LimitRange" -> ClusterDefaults.limitRange(Absent.object(document, "spec"));
      case "v1 Secret" -> ClusterDefaults.secret(document);
      case "v1 PersistentVolume" -> StorageDefaults.volume(document);
      case "v1 PersistentVolumeClaim" -> StorageDefaults.claim(document);
      case "apps/v1 Deployment" -> WorkloadDefaults.deployment(Absent.object(document, "spec"));
      case "apps/v1 ReplicaSet" -> WorkloadDefaults.replicaSet(Absent.object(document, "spec"));
      case "apps/v1 StatefulSet" -> WorkloadDefaults.statefulSet(Absent.object(document, "spec"));
      case "apps/v1 DaemonSet" -> WorkloadDefaults.daemonSet(Absent.object(document, "spec"));
      case "batch/v1 Job" -> WorkloadDefaults.job(document);
      case "batch/v1 CronJob" -> WorkloadDefaults.cronJob(Absent.object(document, "spec"));
      case "autoscaling/v2 HorizontalPodAutoscaler" ->
          AutoscalingDefaults.horizontalPodAutoscaler(Absent.object(document, "spec"));
      case "discovery.k8s.io/v1 EndpointSlice" -> NetworkDefaults.endpointSlice(document);
      case "networking.k8s.io/v1 NetworkPolicy" ->
          NetworkDefaults.networkPolicy(Absent.object(document, "spec"));
      case "networking.k8s.io/v1 IngressClass" ->
          ClusterDefaults.ingressClass(Absent.object(document, "spec"));
      case "scheduling.k8s.io/v1 PriorityClass" -> ClusterDefaults.priorityClass(document);
      case "storage.k8s.io/v1 StorageClass" -> StorageDefaults.storageClass(document);
      case "storage.k8s.io/v1 CSIDriver" ->
          StorageDefaults.csiDriver(Absent.object(document, "spec"));
      case "rbac.authorization.k8s.io/v1 RoleBinding",
          "rbac.authorization.k8s.io/v1 ClusterRoleBinding" ->
          ClusterDefaults.roleBinding(document);
      case "apiextensions.k8s.io/v1 CustomResourceDefinition" ->
          ClusterDefaults.customResourceDefinition(Absent.object(document, "spec"));
      case "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration" ->
          ClusterDefaults.webhooks(document, true);
      case "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration" ->
          ClusterDefaults.webhooks(document, false);
      default -> {}
    }
  }

  /**
   * Fills in an object; the same instance where there is nothing to fill in. Costs tens of
   * microseconds: what is made by the thousand from a template is better filled in once, as {@link
   * #podSpec} allows.
   */
  public static KubeObject apply(KubeObject object) {
    if (object instanceof Pod pod) {
      PodSpec spec = podSpec(pod.spec());
      return spec.equals(pod.spec()) ? pod : pod.withSpec(spec);
    }
    ObjectNode document = ObjectCodec.write(object);
    ObjectNode before = document.deepCopy();
    apply(document);
    return document.equals(before) ? object : ObjectCodec.read(document);
  }

  /**
   * Fills in the spec of a pod; the same instance where there is nothing to fill in. A function of
   * the spec alone: who creates pods that share one may keep the answer.
   */
  public static PodSpec podSpec(PodSpec spec) {
    ObjectNode document = ObjectCodec.writePart(spec);
    ObjectNode before = document.deepCopy();
    PodDefaults.spec(document);
    PodDefaults.podOnly(document);
    return document.equals(before) ? spec : ObjectCodec.readPart(PodSpec.class, document);
  }
}

package io.towtank.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Container;
import io.towtank.api.DaemonSetSpec;
import io.towtank.api.DeploymentSpec;
import io.towtank.api.JobSpec;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolumeClaimSpec;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.ReplicaSetSpec;
import io.towtank.api.StatefulSetSpec;
import io.towtank.api.Volume;
import io.towtank.codec.ObjectCodec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what objects leave open, as the API server does. What is filled in already stays as it
 * is, so that doing it twice is doing it once.
 */
public final class Defaulting {
  private Defaulting() {}

  /** Fills in a document, which is in a current API version and valid. */
  public static void apply(ObjectNode document) {
    Consumer<ObjectNode> rule =
        rule(document.path("apiVersion").asText(), document.path("kind").asText());
    if (rule != null) {
      rule.accept(document);
    }
  }

  /** What fills in documents of a kind, null where they have no defaults. */
  private static @Nullable Consumer<ObjectNode> rule(String apiVersion, String kind) {
    return switch (apiVersion + " " + kind) {
      case "v1 Pod" ->
          inside(
              "spec",
              spec -> {
                PodDefaults.spec(spec);
                PodDefaults.podOnly(spec);
              });
      case "v1 PodTemplate" -> inside("template", PodDefaults::template);
      case "v1 ReplicationController" -> WorkloadDefaults::replicationController;
      case "v1 Service" -> inside("spec", NetworkDefaults::service);
      case "v1 Endpoints" -> NetworkDefaults::endpoints;
      case "v1 Namespace" -> ClusterDefaults::namespace;
      case "v1 Node" -> ClusterDefaults::node;
      case "v1 LimitRange" -> inside("spec", ClusterDefaults::limitRange);
      case "v1 Secret" -> ClusterDefaults::secret;
      case "v1 PersistentVolume" -> StorageDefaults::volume;
      case "v1 PersistentVolumeClaim" -> StorageDefaults::claim;
      case "apps/v1 Deployment" -> inside("spec", WorkloadDefaults::deployment);
      case "apps/v1 ReplicaSet" -> inside("spec", WorkloadDefaults::replicaSet);
      case "apps/v1 StatefulSet" -> inside("spec", WorkloadDefaults::statefulSet);
      case "apps/v1 DaemonSet" -> inside("spec", WorkloadDefaults::daemonSet);
      case "batch/v1 Job" -> WorkloadDefaults::job;
      case "batch/v1 CronJob" -> inside("spec", WorkloadDefaults::cronJob);
      case "autoscaling/v2 HorizontalPodAutoscaler" ->
          inside("spec", AutoscalingDefaults::horizontalPodAutoscaler);
      case "discovery.k8s.io/v1 EndpointSlice" -> NetworkDefaults::endpointSlice;
      case "networking.k8s.io/v1 NetworkPolicy" -> inside("spec", NetworkDefaults::networkPolicy);
      case "networking.k8s.io/v1 IngressClass" -> inside("spec", ClusterDefaults::ingressClass);
      case "scheduling.k8s.io/v1 PriorityClass" -> ClusterDefaults::priorityClass;
      case "storage.k8s.io/v1 StorageClass" -> StorageDefaults::storageClass;
      case "storage.k8s.io/v1 CSIDriver" -> inside("spec", StorageDefaults::csiDriver);
      case "rbac.authorization.k8s.io/v1 RoleBinding",
          "rbac.authorization.k8s.io/v1 ClusterRoleBinding" ->
          ClusterDefaults::roleBinding;
      case "apiextensions.k8s.io/v1 CustomResourceDefinition" ->
          inside("spec", ClusterDefaults::customResourceDefinition);
      case "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration" ->
          document -> ClusterDefaults.webhooks(document, true);
      case "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration" ->
          document -> ClusterDefaults.webhooks(document, false);
      default -> null;
    };
  }

  private static Consumer<ObjectNode> inside(String field, Consumer<ObjectNode> rule) {
    return document -> rule.accept(Absent.object(document, field));
  }

  /** Whether objects of a kind have fields that are filled in. */
  public static boolean isFor(Kind<?> kind) {
    return rule(kind.apiVersion(), kind.name()) != null;
  }

  /**
   * Fills in an object; the same instance where there is nothing to fill in. Costs tens of
   * microseconds: what is made by the thousand is better filled in part by part, so that what it
   * shares is filled in once.
   */
  public static KubeObject apply(KubeObject object) {
    if (object instanceof Pod pod) {
      PodSpec spec = podSpec(pod.spec());
      return spec.equals(pod.spec()) ? pod : pod.withSpec(spec);
    }
    Consumer<ObjectNode> rule = rule(object.kind().apiVersion(), object.kind().name());
    if (rule == null) {
      return object;
    }
    ObjectNode document = ObjectCodec.write(object);
    ObjectNode before = document.deepCopy();
    rule.accept(document);
    return document.equals(before) ? object : ObjectCodec.read(document);
  }

  // Parts. Each is filled in by what it is alone: who has many that share one may keep the answer.

  /** Fills in the spec of a pod; the same instance where there is nothing to fill in. */
  public static PodSpec podSpec(PodSpec spec) {
    return part(
        spec,
        PodSpec.class,
        document -> {
          PodDefaults.spec(document);
          PodDefaults.podOnly(document);
        });
  }

  /** Fills in the spec of a template; the same instance where there is nothing to fill in. */
  public static PodSpec templateSpec(PodSpec spec) {
    return part(spec, PodSpec.class, PodDefaults::spec);
  }

  /** Fills in a container of a template. */
  public static Container templateContainer(Container container) {
    return part(container, Container.class, PodDefaults::container);
  }

  /**
   * Fills in a container of a pod.
   *
   * @param hostNetwork whether the pod uses its node's network
   */
  public static Container podContainer(Container container, boolean hostNetwork) {
    return part(
        container,
        Container.class,
        document -> {
          PodDefaults.container(document);
          PodDefaults.containerOfPod(document, hostNetwork);
        });
  }

  /** Fills in a volume of a pod or a template. */
  public static Volume volume(Volume volume) {
    return part(volume, Volume.class, PodDefaults::volume);
  }

  /** Fills in the spec of a Deployment. */
  public static DeploymentSpec deployment(DeploymentSpec spec) {
    return part(spec, DeploymentSpec.class, WorkloadDefaults::deployment);
  }

  /** Fills in the spec of a ReplicaSet. */
  public static ReplicaSetSpec replicaSet(ReplicaSetSpec spec) {
    return part(spec, ReplicaSetSpec.class, WorkloadDefaults::replicaSet);
  }

  /** Fills in the spec of a StatefulSet. */
  public static StatefulSetSpec statefulSet(StatefulSetSpec spec) {
    return part(spec, StatefulSetSpec.class, WorkloadDefaults::statefulSet);
  }

  /** Fills in the spec of a DaemonSet. */
  public static DaemonSetSpec daemonSet(DaemonSetSpec spec) {
    return part(spec, DaemonSetSpec.class, WorkloadDefaults::daemonSet);
  }

  /** Fills in the spec of a Job. */
  public static JobSpec job(JobSpec spec) {
    return part(spec, JobSpec.class, WorkloadDefaults::jobSpec);
  }

  /** Fills in the spec of a claim. */
  public static PersistentVolumeClaimSpec claim(PersistentVolumeClaimSpec spec) {
    return part(spec, PersistentVolumeClaimSpec.class, StorageDefaults::claimSpec);
  }

  private static <R extends Record> R part(R part, Class<R> type, Consumer<ObjectNode> rule) {
    ObjectNode document = ObjectCodec.writePart(part);
    ObjectNode before = document.deepCopy();
    rule.accept(document);
    return document.equals(before) ? part : ObjectCodec.readPart(type, document);
  }
}

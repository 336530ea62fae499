package io.towtank.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.CronJob;
import io.towtank.api.CronJobStatusBuilder;
import io.towtank.api.CsiNode;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetStatusBuilder;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentStatusBuilder;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Event;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.Job;
import io.towtank.api.JobSpecBuilder;
import io.towtank.api.JobStatusBuilder;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.Lease;
import io.towtank.api.LimitRange;
import io.towtank.api.Namespace;
import io.towtank.api.NamespaceStatusBuilder;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimStatusBuilder;
import io.towtank.api.PersistentVolumeStatusBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodDisruptionBudgetStatusBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.PriorityClass;
import io.towtank.api.QosClass;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetStatusBuilder;
import io.towtank.api.ResourceQuota;
import io.towtank.api.ResourceQuotaStatusBuilder;
import io.towtank.api.Service;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetStatusBuilder;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where kinds differ in how they are written: what their strategies do in the API server. */
final class KindRules {
  /** Kinds of Kubernetes' own groups, not interpreted here, whose objects have a generation. */
  private static final ImmutableSet<String> GENERIC_WITH_GENERATION =
      ImmutableSet.of(
          "ReplicationController",
          "Ingress.networking.k8s.io",
          "NetworkPolicy.networking.k8s.io",
          "CustomResourceDefinition.apiextensions.k8s.io",
          "FlowSchema.flowcontrol.apiserver.k8s.io",
          "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io",
          "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
          "MutatingWebhookConfiguration.admissionregistration.k8s.io",
          "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
          "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io");

  // Labels of a Job's pods; the older pair has no prefix.
  private static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
  private static final String JOB_NAME = "batch.kubernetes.io/job-name";
  private static final String LEGACY_CONTROLLER_UID = "controller-uid";
  private static final String LEGACY_JOB_NAME = "job-name";

  /** The status of a new pod, which all pods of a template share. */
  private final IdentityMemo<PodSpec, PodStatus> pending =
      new IdentityMemo<>(
          1 << 16,
          spec ->
              PodStatusBuilder.builder()
                  .phase(PodPhase.PENDING)
                  .startTime(Timestamps.NONE)
                  .qosClass(QosClass.of(spec).toString())
                  .build());

  /** The status that an object of that spec has when it is new. */
  PodStatus pending(PodSpec spec) {
    return pending.get(spec);
  }

  /** An object with the status that it has when it is new, whatever the client sent. */
  KubeObject withNewStatus(KubeObject object) {
    return switch (object) {
      case Pod pod -> pod.withStatus(pending.get(pod.spec()));
      case Deployment deployment ->
          deployment.withStatus(DeploymentStatusBuilder.builder().build());
      case ReplicaSet replicaSet ->
          replicaSet.withStatus(ReplicaSetStatusBuilder.builder().build());
      case StatefulSet statefulSet ->
          statefulSet.withStatus(StatefulSetStatusBuilder.builder().build());
      case DaemonSet daemonSet -> daemonSet.withStatus(DaemonSetStatusBuilder.builder().build());
      case Job job ->
          job.withStatus(
              JobStatusBuilder.builder()
                  .startTime(Timestamps.NONE)
                  .completionTime(Timestamps.NONE)
                  .build());
      case CronJob cronJob ->
          cronJob.withStatus(
              CronJobStatusBuilder.builder()
                  .lastScheduleTime(Timestamps.NONE)
                  .lastSuccessfulTime(Timestamps.NONE)
                  .build());
      case PodDisruptionBudget budget ->
          budget.withStatus(PodDisruptionBudgetStatusBuilder.builder().build());
      case ResourceQuota quota -> quota.withStatus(ResourceQuotaStatusBuilder.builder().build());
      case HorizontalPodAutoscaler autoscaler -> autoscaler.withStatus(null);
      case Service service -> service.withStatus(null);
      case PersistentVolume volume ->
          volume.withStatus(PersistentVolumeStatusBuilder.builder().phase("Pending").build());
      case PersistentVolumeClaim claim ->
          claim.withStatus(PersistentVolumeClaimStatusBuilder.builder().phase("Pending").build());
      case Namespace namespace ->
          namespace.withStatus(NamespaceStatusBuilder.builder().phase("Active").build());
      case GenericObject generic ->
          generic.kind().hasStatus() ? generic.with("status", null) : generic;
      // A kubelet registers its node with a status; the others have none.
      case Node node -> node;
      case CsiNode node -> node;
      case EndpointSlice slice -> slice;
      case Event event -> event;
      case Lease lease -> lease;
      case LimitRange range -> range;
      case PriorityClass priorityClass -> priorityClass;
      case StorageClass storageClass -> storageClass;
    };
  }

  /**
   * A new object with the selector that the API server makes for it: that of a Job names its uid,
   * and so do the labels of its template, unless the Job says that it brings its own
   * (job/strategy.go: generateSelector).
   */
  static KubeObject withSelector(KubeObject object) {
    if (!(object instanceof Job job) || Boolean.TRUE.equals(job.spec().manualSelector())) {
      return object;
    }
    String uid = String.valueOf(job.metadata().uid());
    LabelSelector selector = job.spec().selector();
    Map<String, String> selected =
        selector == null ? new LinkedHashMap<>() : new LinkedHashMap<>(selector.matchLabels());
    selected.putIfAbsent(CONTROLLER_UID, uid);
    PodTemplateSpec template = job.spec().template();
    Map<String, String> labels = new LinkedHashMap<>(template.metadata().labels());
    labels.putIfAbsent(LEGACY_JOB_NAME, job.name());
    labels.putIfAbsent(JOB_NAME, job.name());
    labels.putIfAbsent(LEGACY_CONTROLLER_UID, uid);
    labels.putIfAbsent(CONTROLLER_UID, uid);
    return job.withSpec(
        JobSpecBuilder.builder(job.spec())
            .selector(
                new LabelSelector(
                    ImmutableMap.copyOf(selected),
                    selector == null ? ImmutableList.of() : selector.matchExpressions(),
                    selector == null ? Fields.NONE : selector.rest()))
            .template(
                PodTemplateSpecBuilder.builder(template)
                    .metadata(
                        ObjectMetaBuilder.builder(template.metadata())
                            .labels(ImmutableMap.copyOf(labels))
                            .build())
                    .build())
            .build());
  }

  /** Whether objects of a kind count the changes of what they want. */
  static boolean hasGeneration(KubeObject object) {
    return switch (object) {
      case Pod pod -> true;
      case Deployment deployment -> true;
      case ReplicaSet replicaSet -> true;
      case StatefulSet statefulSet -> true;
      case DaemonSet daemonSet -> true;
      case Job job -> true;
      case CronJob cronJob -> true;
      case PodDisruptionBudget budget -> true;
      case EndpointSlice slice -> true;
      case PriorityClass priorityClass -> true;
      case GenericObject generic -> hasGeneration(generic.kind());
      default -> false;
    };
  }

  private static boolean hasGeneration(Kind<?> kind) {
    String group = kind.group();
    boolean own = group.indexOf('.') < 0 || group.endsWith(".k8s.io");
    return !own || GENERIC_WITH_GENERATION.contains(kind.toString());
  }

  /**
   * Whether a change is one of what is wanted, and so the next generation.
   *
   * @param next with the status of {@code current}
   */
  static boolean changesGeneration(KubeObject next, KubeObject current) {
    if (!hasGeneration(current) || current instanceof PriorityClass) {
      return false;
    }
    if (current instanceof Deployment
        && !next.metadata().annotations().equals(current.metadata().annotations())) {
      // They are copied to the ReplicaSets (deployment/strategy.go: PrepareForUpdate).
      return true;
    }
    if (current instanceof EndpointSlice
        && !next.metadata().labels().equals(current.metadata().labels())) {
      return true;
    }
    return !next.withMetadata(current.metadata())
        .withResourceVersion(current.resourceVersion())
        .equals(current);
  }
}

package io.towtank.store.admission;

import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetSpec;
import io.towtank.api.DaemonSetSpecBuilder;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpec;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.EndpointPort;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Fields;
import io.towtank.api.Job;
import io.towtank.api.JobSpec;
import io.towtank.api.JobSpecBuilder;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimSpec;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetSpec;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetSpec;
import io.towtank.api.StatefulSetSpecBuilder;
import io.towtank.defaults.Defaulting;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.IdentityMemo;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what objects leave open, before any admission plugin sees them: the API server does so
 * as it reads a request (apiserver: endpoints/handlers/create.go; pkg/apis/core/v1/defaults.go and
 * its like).
 *
 * <p>What objects share they go on sharing: a spec that many bring is filled in once, by identity;
 * a template is filled in with the Deployment that brings it, so that ReplicaSets and pods made
 * from it come filled in, and an update that leaves the spec alone costs nothing.
 */
public final class ObjectDefaulter implements Admission {
  private static final int CAPACITY = 1 << 16;

  /** Stands for a template where only the fields around it are filled in. */
  private static final PodTemplateSpec NO_TEMPLATE =
      PodTemplateSpecBuilder.builder()
          .metadata(ObjectMetaBuilder.builder().build())
          .spec(Defaulting.templateSpec(PodSpecBuilder.builder().build()))
          .rest(Fields.NONE)
          .build();

  private final PodSpecDefaulter podSpecs = new PodSpecDefaulter();
  private final IdentityMemo<DeploymentSpec, DeploymentSpec> deployments =
      new IdentityMemo<>(CAPACITY, this::filled);
  private final IdentityMemo<StatefulSetSpec, StatefulSetSpec> statefulSets =
      new IdentityMemo<>(CAPACITY, this::filled);
  private final IdentityMemo<DaemonSetSpec, DaemonSetSpec> daemonSets =
      new IdentityMemo<>(CAPACITY, this::filled);
  private final IdentityMemo<JobSpec, JobSpec> jobs = new IdentityMemo<>(CAPACITY, this::filled);
  private final EqualValues<JobSpec> aroundJobs = new EqualValues<>(Defaulting::job);
  private final IdentityMemo<PersistentVolumeClaimSpec, PersistentVolumeClaimSpec> claims =
      new IdentityMemo<>(CAPACITY, Defaulting::claim);

  @Override
  @SuppressWarnings("ReferenceEquality") // What is stored is filled in; specs stand for themselves.
  public KubeObject admit(AdmissionRequest request) {
    KubeObject current = request.current();
    return switch (request.object()) {
      case Pod pod -> {
        PodSpec spec =
            current instanceof Pod before && before.spec() == pod.spec()
                ? pod.spec()
                : podSpecs.ofPod(pod.spec());
        yield spec == pod.spec() ? pod : pod.withSpec(spec);
      }
      case ReplicaSet set -> {
        ReplicaSetSpec spec = filled(set.spec());
        yield spec == set.spec() ? set : set.withSpec(spec);
      }
      case Deployment deployment -> {
        DeploymentSpec spec =
            current instanceof Deployment before && before.spec() == deployment.spec()
                ? deployment.spec()
                : deployments.get(deployment.spec());
        yield spec == deployment.spec() ? deployment : deployment.withSpec(spec);
      }
      case StatefulSet set -> {
        StatefulSetSpec spec =
            current instanceof StatefulSet before && before.spec() == set.spec()
                ? set.spec()
                : statefulSets.get(set.spec());
        yield spec == set.spec() ? set : set.withSpec(spec);
      }
      case DaemonSet set -> {
        DaemonSetSpec spec =
            current instanceof DaemonSet before && before.spec() == set.spec()
                ? set.spec()
                : daemonSets.get(set.spec());
        yield spec == set.spec() ? set : set.withSpec(spec);
      }
      case Job job -> filled(job, current);
      case PersistentVolumeClaim claim -> {
        PersistentVolumeClaimSpec spec = claims.get(claim.spec());
        yield spec == claim.spec() ? claim : claim.withSpec(spec);
      }
      default ->
          isFilled(request.object(), current)
              ? request.object()
              : Defaulting.apply(request.object());
    };
  }

  /** Whether nothing can be missing, as far as that is seen at once. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isFilled(KubeObject object, @Nullable KubeObject current) {
    if (object == current || !Defaulting.isFor(object.kind())) {
      return true;
    }
    return switch (object) {
      case EndpointSlice slice -> arePortsFilled(slice);
      // Nothing but its status.
      case Node node ->
          current != null
              || node.status() == null
              || node.status().capacity().isEmpty()
              || !node.status().allocatable().isEmpty();
      default -> false;
    };
  }

  private static boolean arePortsFilled(EndpointSlice slice) {
    for (EndpointPort port : slice.ports()) {
      if (port.name() == null || port.protocol() == null || port.protocol().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality")
  private Job filled(Job job, @Nullable KubeObject current) {
    JobSpec spec =
        current instanceof Job before && before.spec() == job.spec()
            ? job.spec()
            : jobs.get(job.spec());
    Job filled = spec == job.spec() ? job : job.withSpec(spec);
    // pkg/apis/batch/v1/defaults.go: the labels of the template stand for those of the Job.
    return filled.metadata().labels().isEmpty() && !spec.template().metadata().labels().isEmpty()
        ? filled.withMetadata(
            ObjectMetaBuilder.builder(filled.metadata())
                .labels(spec.template().metadata().labels())
                .build())
        : filled;
  }

  @SuppressWarnings("ReferenceEquality")
  private PodTemplateSpec filled(PodTemplateSpec template) {
    PodSpec spec = podSpecs.ofTemplate(template.spec());
    return spec == template.spec()
        ? template
        : PodTemplateSpecBuilder.builder(template).spec(spec).build();
  }

  @SuppressWarnings("ReferenceEquality")
  private ReplicaSetSpec filled(ReplicaSetSpec spec) {
    if (spec.template() == null) {
      return Defaulting.replicaSet(spec);
    }
    PodTemplateSpec template = filled(spec.template());
    // The only other field: ReplicaSets are written too often for a closer look.
    return spec.replicas() != null && template == spec.template()
        ? spec
        : ReplicaSetSpecBuilder.builder(
                Defaulting.replicaSet(
                    ReplicaSetSpecBuilder.builder(spec).template(NO_TEMPLATE).build()))
            .template(template)
            .build();
  }

  @SuppressWarnings("ReferenceEquality")
  private DeploymentSpec filled(DeploymentSpec spec) {
    PodTemplateSpec template = filled(spec.template());
    DeploymentSpec around = DeploymentSpecBuilder.builder(spec).template(NO_TEMPLATE).build();
    DeploymentSpec filled = Defaulting.deployment(around);
    return filled == around && template == spec.template()
        ? spec
        : DeploymentSpecBuilder.builder(filled).template(template).build();
  }

  @SuppressWarnings("ReferenceEquality")
  private StatefulSetSpec filled(StatefulSetSpec spec) {
    PodTemplateSpec template = filled(spec.template());
    StatefulSetSpec around = StatefulSetSpecBuilder.builder(spec).template(NO_TEMPLATE).build();
    StatefulSetSpec filled = Defaulting.statefulSet(around);
    return filled == around && template == spec.template()
        ? spec
        : StatefulSetSpecBuilder.builder(filled).template(template).build();
  }

  @SuppressWarnings("ReferenceEquality")
  private DaemonSetSpec filled(DaemonSetSpec spec) {
    PodTemplateSpec template = filled(spec.template());
    DaemonSetSpec around = DaemonSetSpecBuilder.builder(spec).template(NO_TEMPLATE).build();
    DaemonSetSpec filled = Defaulting.daemonSet(around);
    return filled == around && template == spec.template()
        ? spec
        : DaemonSetSpecBuilder.builder(filled).template(template).build();
  }

  @SuppressWarnings("ReferenceEquality")
  private JobSpec filled(JobSpec spec) {
    PodTemplateSpec template = filled(spec.template());
    JobSpec around = JobSpecBuilder.builder(spec).template(NO_TEMPLATE).build();
    JobSpec filled = aroundJobs.apply(around);
    return filled.equals(around) && template == spec.template()
        ? spec
        : JobSpecBuilder.builder(filled).template(template).build();
  }
}

package io.towtank.store.admission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.CronJob;
import io.towtank.api.DaemonSet;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.Job;
import io.towtank.api.JobSpec;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimSpec;
import io.towtank.api.PersistentVolumeClaimSpecBuilder;
import io.towtank.api.PersistentVolumeClaimStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodSchedulingGate;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.PriorityClass;
import io.towtank.api.Quantity;
import io.towtank.api.ReplicaSet;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetSpec;
import io.towtank.api.StatefulSetSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import io.towtank.api.TolerationBuilder;
import io.towtank.codec.ObjectCodec;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.validation.FeatureGates;
import io.towtank.validation.FieldError;
import io.towtank.validation.Validation;
import io.towtank.volume.VolumeMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Refuses updates of what objects keep for their lives, and updates that make them invalid
 * (pkg/apis/core/validation, apps/validation, batch/validation: Validate…Update). An update that
 * leaves the spec alone, as most of controllers do, is not looked at.
 */
public final class UpdateRules implements Admission {
  private static final String IMMUTABLE = "field is immutable";
  private static final String STATEFUL_SET =
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals',"
          + " 'template', 'updateStrategy', 'revisionHistoryLimit',"
          + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  private static final String CLAIM =
      "spec: Forbidden: spec is immutable after creation except resources.requests and"
          + " volumeAttributesClassName for bound claims";

  private final FeatureGates gates;

  /**
   * @param gates what of the newest is allowed
   */
  public UpdateRules(FeatureGates gates) {
    this.gates = gates;
  }

  @Override
  public KubeObject admit(AdmissionRequest request) {
    KubeObject current = request.current();
    if (current != null) {
      List<String> errors = new ArrayList<>();
      check(request.object(), current, errors);
      if (!errors.isEmpty()) {
        throw ApiException.invalid(request.object(), ImmutableList.copyOf(errors));
      }
    }
    return request.object();
  }

  @SuppressWarnings("ReferenceEquality") // Only a shortcut: what is the same is equal.
  private void check(KubeObject object, KubeObject current, List<String> errors) {
    switch (object) {
      case Pod now when current instanceof Pod before && now.spec() != before.spec() ->
          pod(now.spec(), before.spec(), errors);
      case ReplicaSet now when current instanceof ReplicaSet before ->
          selector(now.spec().selector(), before.spec().selector(), errors);
      case Deployment now
          when current instanceof Deployment before && now.spec() != before.spec() -> {
        Integer replicas = now.spec().replicas();
        boolean scaled =
            replicas != null
                && replicas >= 0
                && DeploymentSpecBuilder.builder(now.spec())
                    .replicas(before.spec().replicas())
                    .build()
                    .equals(before.spec());
        if (!scaled) {
          whole(now, errors);
        }
        selector(now.spec().selector(), before.spec().selector(), errors);
      }
      case DaemonSet now
          when current instanceof DaemonSet before && now.spec() != before.spec() -> {
        whole(now, errors);
        selector(now.spec().selector(), before.spec().selector(), errors);
      }
      case StatefulSet now
          when current instanceof StatefulSet before && now.spec() != before.spec() -> {
        whole(now, errors);
        statefulSet(now.spec(), before.spec(), errors);
      }
      case Job now when current instanceof Job before && now.spec() != before.spec() -> {
        whole(now, errors);
        job(now.spec(), before, errors);
      }
      case CronJob now when current instanceof CronJob before && now.spec() != before.spec() ->
          whole(now, errors);
      case HorizontalPodAutoscaler now
          when current instanceof HorizontalPodAutoscaler before && now.spec() != before.spec() -> {
        // What has been let in may stay as it is (ValidateHorizontalPodAutoscalerUpdate).
        boolean zero = Objects.equals(before.spec().minReplicas(), 0);
        whole(
            now,
            new FeatureGates(gates.scaleToZero() || zero, gates.configurableTolerance()),
            errors);
      }
      case PersistentVolumeClaim now when current instanceof PersistentVolumeClaim before ->
          claim(now, before, errors);
      case PriorityClass now
          when current instanceof PriorityClass before && now.value() != before.value() ->
          errors.add("value: Forbidden: may not be changed in an update.");
      default -> {}
    }
  }

  /** What is wrong with an object as it would be. */
  private void whole(KubeObject object, List<String> errors) {
    whole(object, gates, errors);
  }

  private static void whole(KubeObject object, FeatureGates gates, List<String> errors) {
    for (FieldError error : Validation.validate(ObjectCodec.write(object), gates, path -> null)) {
      if (error.type() != FieldError.Type.UNKNOWN_FIELD) {
        errors.add(error.path() + ": " + error.message());
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // Only a shortcut.
  private static void selector(LabelSelector now, LabelSelector before, List<String> errors) {
    if (now != before) {
      immutable("spec.selector", now, before, errors);
    }
  }

  private static void immutable(
      String path, @Nullable Object now, @Nullable Object before, List<String> errors) {
    if (!Objects.equals(now, before)) {
      errors.add(path + ": Invalid value: " + shown(now) + ": " + IMMUTABLE);
    }
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Record part -> ObjectCodec.writePart(part).toString();
      case String text -> "\"" + text + "\"";
      default -> String.valueOf(value);
    };
  }

  // ------------------------------------------------------------------------------- workloads

  private static void statefulSet(
      StatefulSetSpec now, StatefulSetSpec before, List<String> errors) {
    StatefulSetSpec kept =
        StatefulSetSpecBuilder.builder(now)
            .replicas(before.replicas())
            .ordinals(before.ordinals())
            .template(before.template())
            .updateStrategy(before.updateStrategy())
            .revisionHistoryLimit(before.revisionHistoryLimit())
            .persistentVolumeClaimRetentionPolicy(before.persistentVolumeClaimRetentionPolicy())
            .minReadySeconds(before.minReadySeconds())
            .build();
    if (!kept.equals(before)) {
      errors.add(STATEFUL_SET);
    }
  }

  private static void job(JobSpec now, Job old, List<String> errors) {
    JobSpec before = old.spec();
    if (!Objects.equals(now.completions(), before.completions())) {
      if (!"Indexed".equals(now.completionMode())) {
        immutable("spec.completions", now.completions(), before.completions(), errors);
      } else if (now.completions() == null || !now.completions().equals(now.parallelism())) {
        // KEP-3715: elastic indexed Jobs
        errors.add(
            "spec.completions: Invalid value: "
                + now.completions()
                + ": can only be modified in tandem with spec.parallelism");
      }
    }
    immutable("spec.selector", now.selector(), before.selector(), errors);
    PodTemplateSpec template = now.template();
    if (Boolean.TRUE.equals(before.suspend()) && old.status().startTime() == Timestamps.NONE) {
      // KEP-2926: a Job that has not begun may be directed elsewhere.
      template = withSchedulingOf(template, before.template());
    }
    immutable("spec.template", template, before.template(), errors);
    immutable("spec.completionMode", now.completionMode(), before.completionMode(), errors);
    immutable("spec.podFailurePolicy", now.podFailurePolicy(), before.podFailurePolicy(), errors);
    immutable(
        "spec.backoffLimitPerIndex",
        now.backoffLimitPerIndex(),
        before.backoffLimitPerIndex(),
        errors);
    immutable("spec.managedBy", now.managedBy(), before.managedBy(), errors);
    immutable("spec.successPolicy", now.successPolicy(), before.successPolicy(), errors);
  }

  private static PodTemplateSpec withSchedulingOf(PodTemplateSpec now, PodTemplateSpec before) {
    PodSpec spec = before.spec();
    return PodTemplateSpecBuilder.builder(now)
        .metadata(before.metadata())
        .spec(
            PodSpecBuilder.builder(now.spec())
                .nodeSelector(spec.nodeSelector())
                .affinity(spec.affinity())
                .tolerations(spec.tolerations())
                .schedulingGates(spec.schedulingGates())
                .build())
        .build();
  }

  // ------------------------------------------------------------------------------------ claims

  private static void claim(
      PersistentVolumeClaim claim, PersistentVolumeClaim current, List<String> errors) {
    PersistentVolumeClaimSpec now = claim.spec();
    PersistentVolumeClaimSpec before = current.spec();
    if (now.equals(before)) {
      return;
    }
    PersistentVolumeClaimStatus status = current.status();
    PersistentVolumeClaimSpecBuilder kept = PersistentVolumeClaimSpecBuilder.builder(now);
    if (before.volumeName() == null || before.volumeName().isEmpty()) {
      kept.volumeName(before.volumeName());
    }
    if (before.storageClassName() == null) {
      kept.storageClassName(null);
    }
    if (status != null && "Bound".equals(status.phase())) {
      kept.resources(before.resources())
          .rest(
              now.rest()
                  .with(
                      "volumeAttributesClassName", before.rest().get("volumeAttributesClassName")));
    }
    if (!kept.build().equals(before)) {
      errors.add(CLAIM);
      return;
    }
    Quantity storage = VolumeMatch.requested(claim);
    Quantity capacity =
        status == null ? Quantity.ZERO : status.capacity().getOrDefault("storage", Quantity.ZERO);
    if (storage.compareTo(VolumeMatch.requested(current)) < 0 && storage.compareTo(capacity) <= 0) {
      errors.add(
          "spec.resources.requests.storage: Forbidden: field can not be less than"
              + " status.capacity");
    }
  }

  // -------------------------------------------------------------------------------------- pods

  private static void pod(PodSpec now, PodSpec before, List<String> errors) {
    if (now.containers().size() != before.containers().size()) {
      errors.add("spec.containers: Forbidden: pod updates may not add or remove containers");
    }
    if (now.initContainers().size() != before.initContainers().size()) {
      errors.add("spec.initContainers: Forbidden: pod updates may not add or remove containers");
    }
    if (!errors.isEmpty()) {
      return;
    }
    deadline(now.activeDeadlineSeconds(), before.activeDeadlineSeconds(), errors);
    gates(now.schedulingGates(), before.schedulingGates(), errors);
    tolerations(now.tolerations(), before.tolerations(), errors);
    PodSpecBuilder kept =
        PodSpecBuilder.builder(now)
            .containers(withImagesOf(now.containers(), before.containers()))
            .initContainers(withImagesOf(now.initContainers(), before.initContainers()))
            .activeDeadlineSeconds(before.activeDeadlineSeconds())
            .schedulingGates(before.schedulingGates())
            .tolerations(before.tolerations());
    Long grace = before.terminationGracePeriodSeconds();
    if (grace != null && grace < 0 && Objects.equals(now.terminationGracePeriodSeconds(), 1L)) {
      kept.terminationGracePeriodSeconds(grace);
    }
    if (!before.schedulingGates().isEmpty()) {
      // KEP-3838: a gated pod may be directed to fewer nodes.
      if (now.nodeSelector().entrySet().containsAll(before.nodeSelector().entrySet())) {
        kept.nodeSelector(before.nodeSelector());
      } else {
        errors.add(
            "spec.nodeSelector: Invalid value: "
                + labels(now.nodeSelector())
                + ": only additions to spec.nodeSelector are allowed (no mutations or deletions)");
      }
      kept.affinity(before.affinity());
    }
    if (errors.isEmpty() && !kept.build().equals(before)) {
      errors.add(ApiException.POD_UPDATE);
    }
  }

  private static String labels(Map<String, String> labels) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    labels.forEach(shown::put);
    return shown.toString();
  }

  private static ImmutableList<Container> withImagesOf(
      ImmutableList<Container> now, ImmutableList<Container> before) {
    ImmutableList.Builder<Container> kept = ImmutableList.builder();
    for (int i = 0; i < now.size(); i++) {
      kept.add(ContainerBuilder.builder(now.get(i)).image(before.get(i).image()).build());
    }
    return kept.build();
  }

  private static void deadline(@Nullable Long now, @Nullable Long before, List<String> errors) {
    if (before == null || before.equals(now)) {
      return;
    }
    if (now == null) {
      errors.add(
          "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer"
              + " to nil value");
    } else if (now > before) {
      errors.add(
          "spec.activeDeadlineSeconds: Invalid value: "
              + now
              + ": must be less than or equal to previous value");
    }
  }

  private static void gates(
      ImmutableList<PodSchedulingGate> now,
      ImmutableList<PodSchedulingGate> before,
      List<String> errors) {
    for (int i = 0; i < now.size(); i++) {
      String name = now.get(i).name();
      if (before.stream().noneMatch(gate -> gate.name().equals(name))) {
        errors.add(
            "spec.schedulingGates["
                + i
                + "].name: Forbidden: only deletion is allowed, but found new scheduling gate '"
                + name
                + "'");
      }
    }
  }

  private static void tolerations(
      ImmutableList<Toleration> now, ImmutableList<Toleration> before, List<String> errors) {
    for (Toleration old : before) {
      Toleration timeless = timeless(old);
      if (now.stream().noneMatch(toleration -> timeless(toleration).equals(timeless))) {
        errors.add(
            "spec.tolerations: Forbidden: existing toleration can not be modified except its"
                + " tolerationSeconds");
        return;
      }
    }
  }

  private static Toleration timeless(Toleration toleration) {
    return TolerationBuilder.builder(toleration).tolerationSeconds(null).build();
  }
}

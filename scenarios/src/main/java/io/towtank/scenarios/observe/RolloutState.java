package io.towtank.scenarios.observe;

import io.towtank.api.ConditionStatus;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetUpdateStrategy;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.KubeObject;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetUpdateStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What a workload's spec and status say of its roll-out (kubectl: rollout status).
 *
 * @param template a change of it begins a roll-out
 * @param rolls false where the strategy is OnDelete: nobody rolls anything out then
 * @param observed whether its controller has seen the newest spec
 */
record RolloutState(
    PodTemplateSpec template,
    boolean rolls,
    String revision,
    boolean observed,
    int wanted,
    int pods,
    int updated,
    int available,
    boolean complete,
    boolean paused,
    boolean deadlineExceeded) {
  private static final String REVISION = "deployment.kubernetes.io/revision";

  /** Null for what is not rolled out. */
  static @Nullable RolloutState of(@Nullable KubeObject object) {
    return switch (object) {
      case Deployment deployment -> of(deployment);
      case StatefulSet set -> of(set);
      case DaemonSet set -> of(set);
      case null, default -> null;
    };
  }

  private static RolloutState of(Deployment deployment) {
    var spec = deployment.spec();
    var status = deployment.status();
    return new RolloutState(
        spec.template(),
        true,
        deployment.metadata().annotations().getOrDefault(REVISION, ""),
        status.observedGeneration() >= deployment.metadata().generation(),
        replicas(spec.replicas()),
        status.replicas(),
        status.updatedReplicas(),
        status.availableReplicas(),
        ClusterGauges.isComplete(deployment),
        Boolean.TRUE.equals(spec.paused()),
        exceedsDeadline(deployment));
  }

  /** Progressing is False for this reason only (controller: deploymentutil.TimedOutReason). */
  private static boolean exceedsDeadline(Deployment deployment) {
    DeploymentCondition progressing =
        DeploymentCondition.find(deployment.status().conditions(), "Progressing");
    return progressing != null
        && progressing.status() == ConditionStatus.FALSE
        && "ProgressDeadlineExceeded".equals(progressing.reason());
  }

  private static RolloutState of(StatefulSet set) {
    var spec = set.spec();
    var status = set.status();
    int replicas = replicas(spec.replicas());
    StatefulSetUpdateStrategy strategy = spec.updateStrategy();
    Integer partition =
        strategy == null || strategy.rollingUpdate() == null
            ? null
            : strategy.rollingUpdate().partition();
    boolean observed = status.observedGeneration() >= set.metadata().generation();
    String updateRevision = status.updateRevision();
    boolean updated =
        (partition != null && partition > 0)
            ? status.updatedReplicas() >= replicas - partition
            : updateRevision != null && updateRevision.equals(status.currentRevision());
    return new RolloutState(
        spec.template(),
        strategy == null || !"OnDelete".equals(strategy.type()),
        updateRevision == null ? "" : updateRevision,
        observed,
        replicas,
        status.replicas(),
        status.updatedReplicas(),
        status.availableReplicas(),
        observed && updated && status.readyReplicas() >= replicas,
        false,
        false);
  }

  private static RolloutState of(DaemonSet set) {
    var status = set.status();
    DaemonSetUpdateStrategy strategy = set.spec().updateStrategy();
    boolean observed = status.observedGeneration() >= set.metadata().generation();
    int wanted = status.desiredNumberScheduled();
    return new RolloutState(
        set.spec().template(),
        strategy == null || !"OnDelete".equals(strategy.type()),
        "",
        observed,
        wanted,
        status.currentNumberScheduled(),
        status.updatedNumberScheduled(),
        status.numberAvailable(),
        observed && status.updatedNumberScheduled() >= wanted && status.numberAvailable() >= wanted,
        false,
        false);
  }

  private static int replicas(@Nullable Integer replicas) {
    return replicas == null ? 1 : replicas;
  }
}

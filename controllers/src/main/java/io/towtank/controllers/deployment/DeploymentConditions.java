package io.towtank.controllers.deployment;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.DeploymentConditionBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Timestamps;

/** The conditions of a Deployment and how they change (pkg/controller/deployment/util). */
final class DeploymentConditions {
  static final String AVAILABLE = "Available";
  static final String PROGRESSING = "Progressing";
  static final String REPLICA_FAILURE = "ReplicaFailure";

  static final String MINIMUM_REPLICAS_AVAILABLE = "MinimumReplicasAvailable";
  static final String MINIMUM_REPLICAS_UNAVAILABLE = "MinimumReplicasUnavailable";
  static final String NEW_REPLICA_SET = "NewReplicaSetCreated";
  static final String FOUND_NEW_REPLICA_SET = "FoundNewReplicaSet";
  static final String REPLICA_SET_UPDATED = "ReplicaSetUpdated";
  static final String REPLICA_SET_CREATE_ERROR = "ReplicaSetCreateError";
  static final String NEW_REPLICA_SET_AVAILABLE = "NewReplicaSetAvailable";
  static final String TIMED_OUT = "ProgressDeadlineExceeded";
  static final String PAUSED = "DeploymentPaused";
  static final String RESUMED = "DeploymentResumed";

  private DeploymentConditions() {}

  /** A condition as of now. */
  static DeploymentCondition of(
      String type, ConditionStatus status, String reason, String message, long nowNanos) {
    long now = Timestamps.toSecond(nowNanos);
    return new DeploymentCondition(type, status, now, now, reason, message, Fields.NONE);
  }

  /**
   * With a condition, at the end; as they are where it has the same status and reason already. Its
   * transition time stays where the status does.
   */
  static ImmutableList<DeploymentCondition> with(
      ImmutableList<DeploymentCondition> conditions, DeploymentCondition condition) {
    DeploymentCondition current = DeploymentCondition.find(conditions, condition.type());
    DeploymentCondition next = condition;
    if (current != null && current.status() == condition.status()) {
      if (String.valueOf(current.reason()).equals(String.valueOf(condition.reason()))) {
        return conditions;
      }
      next =
          DeploymentConditionBuilder.builder(condition)
              .lastTransitionTime(current.lastTransitionTime())
              .build();
    }
    return ImmutableList.<DeploymentCondition>builder()
        .addAll(without(conditions, condition.type()))
        .add(next)
        .build();
  }

  /** Without the condition of a type. */
  static ImmutableList<DeploymentCondition> without(
      ImmutableList<DeploymentCondition> conditions, String type) {
    if (DeploymentCondition.find(conditions, type) == null) {
      return conditions;
    }
    ImmutableList.Builder<DeploymentCondition> others = ImmutableList.builder();
    for (DeploymentCondition condition : conditions) {
      if (!condition.type().equals(type)) {
        others.add(condition);
      }
    }
    return others.build();
  }
}

package io.towtank.controllers.deployment;

import io.towtank.api.Deployment;
import io.towtank.api.ReplicaSet;
import org.jspecify.annotations.Nullable;

/** A write that a sync of a Deployment asks for. They are done in order, up to the first error. */
public sealed interface DeploymentAction {
  /** Stands for "not written before in this sync". */
  int CACHED = -1;

  /**
   * Creates the ReplicaSet of a new template.
   *
   * @param event what to tell when it is done, null for nothing
   */
  record CreateReplicaSet(ReplicaSet replicaSet, @Nullable String event)
      implements DeploymentAction {}

  /**
   * Replaces a ReplicaSet.
   *
   * @param basedOn the number of the action whose result this one changes; {@link #CACHED} where it
   *     changes what the informer has, and so conflicts if that is not the newest
   * @param event what to tell when it is done, null for nothing
   */
  record UpdateReplicaSet(ReplicaSet replicaSet, int basedOn, @Nullable String event)
      implements DeploymentAction {}

  /** Deletes a ReplicaSet. */
  record DeleteReplicaSet(ReplicaSet replicaSet) implements DeploymentAction {}

  /** Writes status and annotations; conflicts if the Deployment has changed since it was seen. */
  record UpdateStatus(Deployment deployment) implements DeploymentAction {}

  /** Tells people something. */
  record Warn(String reason, String message) implements DeploymentAction {}
}

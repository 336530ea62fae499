package io.towtank.controllers.deployment;

import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.ReplicaSet;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Sets a Deployment back to an earlier template, as {@code kubectl rollout undo} does: the template
 * of a ReplicaSet in its history becomes the Deployment's, and the controller does the rest.
 */
public final class Rollback {
  private Rollback() {}

  /**
   * The Deployment with an earlier template.
   *
   * @param replicaSets of the Deployment's namespace; those of others are left aside
   * @param toRevision the revision to go back to; 0 for the one before the newest
   * @throws IllegalArgumentException where there is no such revision, it is the current one, or the
   *     Deployment is paused; the message is for the user
   */
  public static Deployment undo(
      Deployment deployment, Collection<ReplicaSet> replicaSets, long toRevision) {
    if (toRevision < 0) {
      throw new IllegalArgumentException(
          "revision " + toRevision + " cannot be: revisions start at 1, 0 is the previous one");
    }
    if (Rollout.isPaused(deployment)) {
      throw new IllegalArgumentException(
          "deployment \""
              + deployment.name()
              + "\" is paused and cannot be rolled back; resume it first");
    }
    ReplicaSet target = find(deployment, replicaSets, toRevision);
    PodTemplateSpec template = target.spec().template();
    if (template == null || Templates.sameButHash(deployment.spec().template(), template)) {
      throw new IllegalArgumentException(
          "deployment \""
              + deployment.name()
              + "\" has the template of revision "
              + Annotations.revision(target)
              + " already");
    }
    return deployment
        .withMetadata(
            ObjectMetaBuilder.builder(deployment.metadata())
                .annotations(
                    Annotations.rolledBack(
                        deployment.metadata().annotations(), target.metadata().annotations()))
                .build())
        .withSpec(
            DeploymentSpecBuilder.builder(deployment.spec())
                .template(Templates.withoutHash(template))
                .build());
  }

  private static ReplicaSet find(
      Deployment deployment, Collection<ReplicaSet> replicaSets, long toRevision) {
    ReplicaSet latest = null;
    ReplicaSet previous = null;
    for (ReplicaSet set : replicaSets) {
      if (!ControllerRefs.isControlledBy(set.metadata(), ControllerRefs.uid(deployment))) {
        continue;
      }
      long revision = revision(set);
      if (revision == toRevision && toRevision > 0) {
        return set;
      }
      if (latest == null || revision(latest) < revision) {
        previous = latest;
        latest = set;
      } else if (previous == null || revision(previous) < revision) {
        previous = set;
      }
    }
    if (toRevision > 0) {
      throw new IllegalArgumentException(
          "deployment \""
              + deployment.name()
              + "\" has no revision "
              + toRevision
              + " in its history");
    }
    if (previous == null) {
      throw new IllegalArgumentException(
          "deployment \"" + deployment.name() + "\" has no revision to go back to");
    }
    return previous;
  }

  private static long revision(ReplicaSet set) {
    @Nullable Long revision = Annotations.revision(set);
    return revision == null ? -1 : revision;
  }
}

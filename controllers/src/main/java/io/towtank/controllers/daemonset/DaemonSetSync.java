package io.towtank.controllers.daemonset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetStatus;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What one look at a DaemonSet, its nodes and its pods leads to (pkg/controller/daemon). */
public final class DaemonSetSync {
  /** How many pods one sync creates or deletes at most (kube-controller-manager: BurstReplicas). */
  static final int BURST = 250;

  private DaemonSetSync() {}

  /**
   * What a sync does.
   *
   * @param status the status to be written, null where the one that is there will do
   */
  public record Decision(
      ImmutableList<DaemonSetAction> actions, @Nullable DaemonSetStatus status) {}

  /**
   * Decides for a set that expects nothing and none of whose pods has failed before; what is done
   * is taken to succeed. The controller takes the same steps, with what the API answers between
   * them.
   *
   * @param hash what pods of the set's template bear
   * @param pods those of the set
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static Decision decide(
      DaemonSet set, String hash, Collection<Node> nodes, Collection<Pod> pods, long nowNanos) {
    DaemonPods daemonPods = new DaemonPods();
    daemonPods.configure(set, hash, nowNanos);
    nodes.forEach(daemonPods::putNode);
    pods.forEach(daemonPods::put);
    FailedPodBackoff backoff = new FailedPodBackoff();
    ImmutableList<DaemonSetAction> actions =
        limited(daemonPods.manage(set, pod -> backoff.waitNanos(set, pod, nowNanos) == 0));
    if (actions.isEmpty()) {
      actions = limited(daemonPods.rollingUpdate(set));
    }
    return new Decision(actions, toWrite(set, daemonPods.status(set, true)));
  }

  /** As many creations and deletions as one sync may carry out. */
  static ImmutableList<DaemonSetAction> limited(ImmutableList<DaemonSetAction> actions) {
    if (actions.size() <= BURST) {
      return actions;
    }
    ImmutableList.Builder<DaemonSetAction> limited = ImmutableList.builder();
    int created = 0;
    int deleted = 0;
    for (DaemonSetAction action : actions) {
      int before =
          switch (action) {
            case DaemonSetAction.CreatePod create -> created++;
            case DaemonSetAction.DeletePod delete -> deleted++;
          };
      if (before < BURST) {
        limited.add(action);
      }
    }
    return limited.build();
  }

  /** The status to write, null where the one that is there will do (storeDaemonSetStatus). */
  static @Nullable DaemonSetStatus toWrite(DaemonSet set, DaemonSetStatus wanted) {
    DaemonSetStatus old = set.status();
    return old.desiredNumberScheduled() == wanted.desiredNumberScheduled()
            && old.currentNumberScheduled() == wanted.currentNumberScheduled()
            && old.numberMisscheduled() == wanted.numberMisscheduled()
            && old.numberReady() == wanted.numberReady()
            && old.updatedNumberScheduled() == wanted.updatedNumberScheduled()
            && old.numberAvailable() == wanted.numberAvailable()
            && old.numberUnavailable() == wanted.numberUnavailable()
            && old.observedGeneration() >= set.metadata().generation()
        ? null
        : wanted;
  }
}

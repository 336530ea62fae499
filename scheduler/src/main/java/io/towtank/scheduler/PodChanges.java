package io.towtank.scheduler;

import io.towtank.api.Pod;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.state.PodInfo;

/** What changed about a pod, as far as it matters to scheduling (kube-scheduler: podEvents). */
final class PodChanges {
  private PodChanges() {}

  /** The actions of the event. */
  static int between(Pod before, PodInfo infoBefore, Pod now, PodInfo infoNow) {
    int actions = 0;
    if (!before.metadata().labels().equals(now.metadata().labels())) {
      actions |= ClusterEvent.UPDATE_POD_LABEL;
    }
    if (!before.spec().tolerations().equals(now.spec().tolerations())) {
      actions |= ClusterEvent.UPDATE_POD_TOLERATIONS;
    }
    if (!before.spec().schedulingGates().isEmpty() && now.spec().schedulingGates().isEmpty()) {
      actions |= ClusterEvent.UPDATE_POD_GATES_ELIMINATED;
    }
    if (asksForLess(infoBefore, infoNow)) {
      actions |= ClusterEvent.UPDATE_POD_SCALE_DOWN;
    }
    return actions == 0 ? ClusterEvent.UPDATE_OTHER : actions;
  }

  private static boolean asksForLess(PodInfo before, PodInfo now) {
    for (int resource = 0; resource < before.resources(); resource++) {
      if (now.request(resource) < before.request(resource)) {
        return true;
      }
    }
    return false;
  }
}

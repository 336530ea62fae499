package io.towtank.scheduler.plugins.schedulinggates;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import io.towtank.api.PodSchedulingGate;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import java.util.stream.Collectors;

/** A pod is not tried while it has scheduling gates (kube-scheduler: SchedulingGates, KEP-3521). */
public final class SchedulingGates implements PreEnqueuePlugin {
  @Override
  public String name() {
    return Names.SCHEDULING_GATES;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.UNSCHEDULED_POD, ClusterEvent.UPDATE_POD_GATES_ELIMINATED));
  }

  @Override
  public Status preEnqueue(Pod pod) {
    if (pod.spec().schedulingGates().isEmpty()) {
      return Status.SUCCESS;
    }
    return Status.unresolvable(
        pod.spec().schedulingGates().stream()
            .map(PodSchedulingGate::name)
            .collect(Collectors.joining(" ", "waiting for scheduling gates: [", "]")));
  }
}

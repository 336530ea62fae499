package io.towtank.scheduler.plugins.dynamicresources;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.PostFilterPlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;

/**
 * Stands for dynamic resource allocation in a cluster without resource claims: it has nothing to
 * allocate, and says so where a pod fits nowhere (kube-scheduler: DynamicResources).
 */
public final class DynamicResources implements PostFilterPlugin {
  private static final Status NOTHING = Status.unschedulable("no new claims to deallocate");

  @Override
  public String name() {
    return Names.DYNAMIC_RESOURCES;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of();
  }

  @Override
  public Result postFilter(Attempt attempt) {
    return Result.none(NOTHING, null);
  }

  @Override
  public boolean isSameForTemplate(Pod pod) {
    return true;
  }
}

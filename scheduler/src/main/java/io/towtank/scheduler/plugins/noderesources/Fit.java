package io.towtank.scheduler.plugins.noderesources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Resources;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A node needs room for one pod more and for all that the pod asks for; how full it should be is up
 * to a {@link ScoringStrategy} (kube-scheduler: NodeResourcesFit).
 */
public final class Fit implements FilterPlugin<Fit.Demand>, ScorePlugin<Usage> {
  static final String TOO_MANY_PODS = "Too many pods";

  private static final Status TOO_MANY = Status.unschedulable(TOO_MANY_PODS);

  /** What a pod asks for. */
  public static final class Demand {
    private final int[] resources;
    private final long[] requests;
    // What the filter answers where only that resource lacks, and where the whole node is too
    // small.
    private final Status[] insufficient;
    private final Status[] tooLarge;

    private Demand(PodInfo pod, int[] resources, Resources names) {
      this.resources = resources;
      requests = new long[resources.length];
      insufficient = new Status[resources.length];
      tooLarge = new Status[resources.length];
      for (int i = 0; i < resources.length; i++) {
        requests[i] = pod.request(resources[i]);
        String reason = "Insufficient " + names.name(resources[i]);
        insufficient[i] = Status.unschedulable(reason);
        tooLarge[i] = Status.unresolvable(reason);
      }
    }

    /** Equal for pods that ask for the same. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Demand that
          && Arrays.equals(resources, that.resources)
          && Arrays.equals(requests, that.requests);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(requests) * 31 + Arrays.hashCode(resources);
    }
  }

  private final ClusterState state;
  private final ScoringStrategy strategy;
  private final ImmutableSet<String> ignoredResources;
  private final ImmutableSet<String> ignoredResourceGroups;

  /**
   * The plugin with its arguments.
   *
   * @param ignoredResources extended resources that the filter leaves out
   * @param ignoredResourceGroups the same by what is before the slash
   */
  public Fit(
      ClusterState state,
      ScoringStrategy strategy,
      ImmutableSet<String> ignoredResources,
      ImmutableSet<String> ignoredResourceGroups) {
    this.state = state;
    this.strategy = strategy;
    this.ignoredResources = ignoredResources;
    this.ignoredResourceGroups = ignoredResourceGroups;
  }

  @Override
  public String name() {
    return Names.NODE_RESOURCES_FIT;
  }

  @Override
  public boolean looksAtNodeKindOnly() {
    return true;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of(
        ClusterEventWithHint.of(
            ClusterEvent.Resource.ASSIGNED_POD,
            ClusterEvent.DELETE | ClusterEvent.UPDATE_POD_SCALE_DOWN,
            (pod, previous, current) -> previous instanceof Pod left && left.nodeName() != null),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.UNSCHEDULED_POD, ClusterEvent.UPDATE_POD_SCALE_DOWN),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE,
            ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_ALLOCATABLE,
            (pod, previous, current) ->
                current instanceof Node node
                    && fitsEmpty(pod, node)
                    && !(previous instanceof Node before && !grew(pod, before, node))));
  }

  private static boolean fitsEmpty(Pod pod, Node node) {
    ClusterState alone = new ClusterState();
    alone.setNode(node);
    PodInfo info = alone.info(pod);
    int row = alone.row(node.name());
    for (int resource = 0; resource < info.resources(); resource++) {
      if (info.request(resource) > alone.allocatable(resource, row)) {
        return false;
      }
    }
    return alone.allowedPods(row) >= 1;
  }

  /** kube-scheduler: haveAnyRequestedResourcesIncreased. */
  private static boolean grew(Pod pod, Node before, Node now) {
    ClusterState old = new ClusterState();
    old.setNode(before);
    ClusterState changed = new ClusterState();
    changed.setNode(now);
    PodInfo info = changed.info(pod);
    int row = 0;
    if (changed.allowedPods(row) > old.allowedPods(row)) {
      return true;
    }
    for (int resource = 0; resource < info.resources(); resource++) {
      String name = changed.resources().name(resource);
      if (info.request(resource) > 0
          && changed.allocatable(resource, row) > old.allocatable(old.resources().id(name), row)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public PreFilterResult<Demand> preFilter(PodInfo pod) {
    Resources names = state.resources();
    int[] asked = new int[pod.resources()];
    int count = 0;
    for (int resource = 0; resource < asked.length; resource++) {
      if (pod.request(resource) > 0 && !ignored(names.name(resource))) {
        asked[count++] = resource;
      }
    }
    return PreFilterResult.demand(new Demand(pod, Arrays.copyOf(asked, count), names));
  }

  private boolean ignored(String name) {
    return ResourceNames.isExtended(name)
        && (ignoredResources.contains(name)
            || ignoredResourceGroups.contains(name.substring(0, name.indexOf('/'))));
  }

  @Override
  public Status filter(Demand demand, NodeInfo node) {
    Status status = Status.SUCCESS;
    if (node.podCount() + 1 > node.allowedPods()) {
      status = TOO_MANY;
    }
    for (int i = 0; i < demand.resources.length; i++) {
      int resource = demand.resources[i];
      long allocatable = node.allocatable(resource);
      long request = demand.requests[i];
      if (request > allocatable - node.requested(resource)) {
        Status lacks = request > allocatable ? demand.tooLarge[i] : demand.insufficient[i];
        status = status.isSuccess() ? lacks : both(status, lacks);
      }
    }
    return status;
  }

  private static Status both(Status first, Status second) {
    ImmutableList<String> reasons =
        ImmutableList.<String>builder().addAll(first.reasons()).addAll(second.reasons()).build();
    boolean unresolvable = first.code().compareTo(second.code()) > 0;
    return new Status(unresolvable ? first.code() : second.code(), "", reasons);
  }

  @Override
  public Usage preScore(PodInfo pod) {
    return new Usage(state.resources(), strategy.resources(), pod, true);
  }

  @Override
  public long score(Usage usage, NodeInfo node) {
    usage.of(node);
    return strategy.score(usage.requested, usage.allocatable);
  }
}

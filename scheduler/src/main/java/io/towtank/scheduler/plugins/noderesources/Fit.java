package io.towtank.scheduler.plugins.noderesources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
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
import it.unimi.dsi.fastutil.ints.IntArrayList;
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
            this::podMayHelp),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.UNSCHEDULED_POD, ClusterEvent.UPDATE_POD_SCALE_DOWN),
        ClusterEventWithHint.of(
            ClusterEvent.Resource.NODE,
            ClusterEvent.ADD | ClusterEvent.UPDATE_NODE_ALLOCATABLE,
            this::nodeMayHelp));
  }

  private boolean podMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    if (!(previous instanceof Pod before)) {
      return false;
    }
    if (!(current instanceof Pod now)) {
      return before.nodeName() != null || before.status().nominatedNodeName() != null;
    }
    if (before.nodeName() == null) {
      return false;
    }
    PodInfo wanted = state.info(waiting);
    PodInfo had = state.info(before);
    PodInfo has = state.info(now);
    for (int resource = 0; resource < wanted.resources(); resource++) {
      if (wanted.request(resource) > 0 && has.request(resource) < had.request(resource)) {
        return true;
      }
    }
    return false;
  }

  /** Where the pod would fit if it were alone there, and did not before or has more room now. */
  private boolean nodeMayHelp(
      Pod waiting, @Nullable KubeObject previous, @Nullable KubeObject current) {
    if (!(current instanceof Node now)) {
      return false;
    }
    PodInfo wanted = state.info(waiting);
    long[] amounts = state.resources().amounts(now.status().allocatable());
    for (int resource = 0; resource < wanted.resources(); resource++) {
      if (wanted.request(resource) > amount(amounts, resource)) {
        return false;
      }
    }
    return allowedPods(now) >= 1
        && (!(previous instanceof Node before) || grew(wanted, before, now, amounts));
  }

  /** kube-scheduler: haveAnyRequestedResourcesIncreased. */
  private boolean grew(PodInfo wanted, Node before, Node now, long[] amounts) {
    if (allowedPods(now) > allowedPods(before)) {
      return true;
    }
    long[] old = state.resources().amounts(before.status().allocatable());
    for (int resource = 0; resource < wanted.resources(); resource++) {
      if (wanted.request(resource) > 0 && amount(amounts, resource) > amount(old, resource)) {
        return true;
      }
    }
    return false;
  }

  private static long amount(long[] amounts, int resource) {
    return resource < amounts.length ? amounts[resource] : 0;
  }

  private static long allowedPods(Node node) {
    Quantity pods = node.status().allocatable().get("pods");
    return pods == null ? 0 : pods.value();
  }

  @Override
  public PreFilterResult<Demand> preFilter(PodInfo pod) {
    Resources names = state.resources();
    IntArrayList asked = new IntArrayList(pod.resources());
    int ofAllNodes = 0;
    for (int resource = 0; resource < pod.resources(); resource++) {
      if (pod.request(resource) > 0 && !ignored(names.name(resource))) {
        asked.add(resource);
        ofAllNodes += resource <= Resources.EPHEMERAL_STORAGE ? 1 : 0;
      }
    }
    // In which order reasons are given: first what all nodes have, then by name.
    asked.subList(ofAllNodes, asked.size()).sort((a, b) -> names.name(a).compareTo(names.name(b)));
    return PreFilterResult.demand(new Demand(pod, asked.toIntArray(), names));
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

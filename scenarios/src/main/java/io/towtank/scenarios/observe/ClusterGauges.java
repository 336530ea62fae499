package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.DeploymentStatus;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.scheduler.state.PodRequests;
import io.towtank.scheduler.state.Resources;
import io.towtank.store.CommitListener;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of a cluster as it is, kept up to date write by write: pods by phase, nodes by state, what
 * is requested of each resource, Deployments.
 *
 * <p>A pod counts as requesting what its spec says from its binding until it ends or is deleted, as
 * the scheduler counts it.
 */
public final class ClusterGauges implements CommitListener {
  private final Resources resources = new Resources();
  // Looked up by identity and never iterated: pods of one template share their spec.
  private final IdentityHashMap<PodSpec, long[]> requestsOfSpecs = new IdentityHashMap<>();
  private final Object2IntOpenHashMap<String> podsOnNodes = new Object2IntOpenHashMap<>();
  private final Map<PodPhase, long[]> phases = new EnumMap<>(PodPhase.class);
  private long[] requested = new long[resources.count()];
  private long[] allocatable = new long[resources.count()];
  private long writes;
  private long podsCreated;
  private long podsDeleted;
  private long podsReady;
  private long nodes;
  private long nodesReady;
  private long nodesCordoned;
  private long nodesWithPods;
  private long deployments;
  private long deploymentsAvailable;
  private long deploymentsComplete;

  /** Counts of an empty cluster. */
  public ClusterGauges() {
    for (PodPhase phase : PodPhase.values()) {
      phases.put(phase, new long[1]);
    }
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    writes++;
    switch (current != null ? current : previous) {
      case Pod pod -> podCommitted((Pod) previous, (Pod) current);
      case Node node -> nodeCommitted((Node) previous, (Node) current);
      case Deployment deployment ->
          deploymentCommitted((Deployment) previous, (Deployment) current);
      case null, default -> {}
    }
  }

  // The same instances mean that nothing changed that counts, and that is what most writes share.
  @SuppressWarnings("ReferenceEquality")
  private void podCommitted(@Nullable Pod previous, @Nullable Pod current) {
    if (previous != null
        && current != null
        && previous.status() == current.status()
        && previous.nodeName() == current.nodeName()) {
      return;
    }
    if (previous == null) {
      podsCreated++;
    } else {
      countPod(previous, -1);
    }
    if (current == null) {
      podsDeleted++;
    } else {
      countPod(current, 1);
    }
  }

  private void countPod(Pod pod, int sign) {
    PodPhase phase = pod.status().phase();
    long[] count = phases.get(phase);
    if (count != null) {
      count[0] += sign;
    }
    if (pod.isReady()) {
      podsReady += sign;
    }
    String node = pod.nodeName();
    if (node == null || phase.isTerminal()) {
      return;
    }
    long[] requests = requests(pod.spec());
    if (requests.length > requested.length) {
      requested = Arrays.copyOf(requested, requests.length);
    }
    for (int i = 0; i < requests.length; i++) {
      requested[i] += sign * requests[i];
    }
    int before = podsOnNodes.addTo(node, sign);
    if (before + sign == 0) {
      podsOnNodes.removeInt(node);
      nodesWithPods--;
    } else if (before == 0) {
      nodesWithPods++;
    }
  }

  private void nodeCommitted(@Nullable Node previous, @Nullable Node current) {
    if (previous != null) {
      countNode(previous, -1);
    }
    if (current != null) {
      countNode(current, 1);
    }
  }

  private void countNode(Node node, int sign) {
    nodes += sign;
    if (node.isReady()) {
      nodesReady += sign;
    }
    if (Boolean.TRUE.equals(node.spec().unschedulable())) {
      nodesCordoned += sign;
    }
    long[] amounts = resources.amounts(node.status().allocatable());
    if (amounts.length > allocatable.length) {
      allocatable = Arrays.copyOf(allocatable, amounts.length);
    }
    for (int i = 0; i < amounts.length; i++) {
      allocatable[i] += sign * amounts[i];
    }
  }

  private void deploymentCommitted(@Nullable Deployment previous, @Nullable Deployment current) {
    if (previous != null) {
      countDeployment(previous, -1);
    }
    if (current != null) {
      countDeployment(current, 1);
    }
  }

  private void countDeployment(Deployment deployment, int sign) {
    deployments += sign;
    if (isAvailable(deployment)) {
      deploymentsAvailable += sign;
    }
    if (isComplete(deployment)) {
      deploymentsComplete += sign;
    }
  }

  private long[] requests(PodSpec spec) {
    return requestsOfSpecs.computeIfAbsent(spec, s -> PodRequests.of(s, resources));
  }

  /** Whether a Deployment's condition Available is True. */
  public static boolean isAvailable(Deployment deployment) {
    DeploymentCondition available =
        DeploymentCondition.find(deployment.status().conditions(), "Available");
    return available != null && available.status() == ConditionStatus.TRUE;
  }

  /** Whether all is rolled out and available (controller: deploymentutil.DeploymentComplete). */
  public static boolean isComplete(Deployment deployment) {
    DeploymentStatus status = deployment.status();
    Integer wanted = deployment.spec().replicas();
    int replicas = wanted == null ? 1 : wanted;
    return status.updatedReplicas() == replicas
        && status.replicas() == replicas
        && status.availableReplicas() == replicas
        && status.observedGeneration() >= deployment.metadata().generation();
  }

  /** Writes of any kind so far. */
  public long writes() {
    return writes;
  }

  /** Pods created so far. */
  public long podsCreated() {
    return podsCreated;
  }

  /** Pods deleted so far. */
  public long podsDeleted() {
    return podsDeleted;
  }

  /** Pods in a phase. */
  public long pods(PodPhase phase) {
    long[] count = phases.get(phase);
    return count == null ? 0 : count[0];
  }

  /** Pods whose condition Ready is True. */
  public long podsReady() {
    return podsReady;
  }

  /** Nodes there are. */
  public long nodes() {
    return nodes;
  }

  /** Nodes whose condition Ready is True. */
  public long nodesReady() {
    return nodesReady;
  }

  /** Nodes that are marked unschedulable. */
  public long nodesCordoned() {
    return nodesCordoned;
  }

  /** Nodes on which no pod runs or is about to. */
  public long nodesEmpty() {
    return nodes - nodesWithPods;
  }

  /** Deployments there are. */
  public long deployments() {
    return deployments;
  }

  /** Deployments whose condition Available is True. */
  public long deploymentsAvailable() {
    return deploymentsAvailable;
  }

  /** Deployments of which all is rolled out and available. */
  public long deploymentsComplete() {
    return deploymentsComplete;
  }

  /** The names of all resources that a node offers. */
  public ImmutableList<String> offered() {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (int i = 0; i < allocatable.length; i++) {
      if (allocatable[i] > 0) {
        names.add(resources.name(i));
      }
    }
    return names.build();
  }

  /** What bound pods request of a resource: millicores of cpu, units of all others. */
  public long requested(String resource) {
    int number = resources.id(resource);
    return number < requested.length ? requested[number] : 0;
  }

  /** What all nodes offer of a resource: millicores of cpu, units of all others. */
  public long allocatable(String resource) {
    int number = resources.id(resource);
    return number < allocatable.length ? allocatable[number] : 0;
  }

  /** How much of a resource is requested, from 0 to 1; 0 where no node offers it. */
  public double share(String resource) {
    return share(resources.id(resource));
  }

  /** How many resources nodes offer or pods request; they are numbered from 0. */
  int resources() {
    return Math.min(requested.length, allocatable.length);
  }

  /** The number of a resource. */
  int number(String resource) {
    return resources.id(resource);
  }

  /** As {@link #share(String)}, by number. */
  double share(int number) {
    return number >= resources() || allocatable[number] == 0
        ? 0
        : (double) requested[number] / allocatable[number];
  }
}

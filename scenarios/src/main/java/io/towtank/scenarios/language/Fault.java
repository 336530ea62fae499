package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kind;
import io.towtank.client.RequestChoice;
import io.towtank.store.ApiException;

/** What a timeline can have go wrong in a cluster, for a time or for good. */
public sealed interface Fault extends Action {
  /** How a fault that nobody heals lasts. */
  long FOR_GOOD = Long.MAX_VALUE;

  /** How long it lasts, in nanoseconds of virtual time; {@link #FOR_GOOD} where nobody heals it. */
  long forNanos();

  /** Something that goes wrong with nodes. */
  sealed interface OfNodes extends Fault {
    /** Which nodes. */
    NodeChoice nodes();
  }

  /** Nodes die: their kubelets fall silent, their containers are gone. Later they boot. */
  record FailNodes(NodeChoice nodes, long forNanos) implements OfNodes {}

  /** Kubelets hang: leases are not renewed, containers go on, none is started. */
  record HangNodes(NodeChoice nodes, long forNanos) implements OfNodes {}

  /** Nodes and the API server do not hear one another. */
  record PartitionNodes(NodeChoice nodes, long forNanos) implements OfNodes {}

  /**
   * What nodes write and read takes longer: pulling images, making sandboxes, starting containers.
   *
   * @param factor by how much
   */
  record SlowDisks(NodeChoice nodes, double factor, long forNanos) implements OfNodes {}

  /**
   * Clocks of nodes jump.
   *
   * @param byNanos forward, or back where it is negative
   */
  record SkewClocks(NodeChoice nodes, long byNanos, long forNanos) implements OfNodes {}

  /**
   * Devices break: nodes offer less of an extended resource.
   *
   * @param resource which, as nvidia.com/gpu
   * @param devices how many of each node
   */
  record FailDevices(NodeChoice nodes, String resource, long devices, long forNanos)
      implements OfNodes {}

  /**
   * Nodes are shut down in order, and boot again.
   *
   * @param graceNanos for all pods (kubelet: shutdownGracePeriod)
   * @param criticalNanos which part is for critical ones (shutdownGracePeriodCriticalPods)
   */
  record ShutDownNodes(NodeChoice nodes, long graceNanos, long criticalNanos, long forNanos)
      implements OfNodes {}

  /**
   * Processes die by themselves.
   *
   * @param pods of which pods
   * @param container the container's name, {@code *} for all
   * @param perSecond how often each container dies; 0 for once, now
   * @param exitCode with what
   */
  record CrashContainers(
      ObjectChoice pods, String container, double perSecond, int exitCode, long forNanos)
      implements Fault {}

  /**
   * Images cannot be pulled.
   *
   * @param images names in which {@code *} stands for anything; empty for all images
   */
  record FailRegistry(ImmutableList<String> images, long forNanos) implements Fault {}

  /**
   * The API server is slow.
   *
   * @param factor how many times as long requests take
   * @param delayNanos and how much longer besides
   */
  record SlowApi(RequestChoice requests, double factor, long delayNanos, long forNanos)
      implements Fault {}

  /**
   * The API server refuses requests.
   *
   * @param share which part of them
   * @param reason what it says
   */
  record FailApi(RequestChoice requests, double share, ApiException.Reason reason, long forNanos)
      implements Fault {}

  /**
   * Watches break, and when they can be had again history is gone (410): caches are made anew.
   *
   * @param components whose, empty for all
   * @param kinds of what, empty for all
   */
  record LoseWatches(ImmutableSet<String> components, ImmutableSet<Kind<?>> kinds, long forNanos)
      implements Fault {}

  /**
   * Processes of the control plane are down, and start with empty caches.
   *
   * @param components kube-scheduler, kube-controller-manager
   */
  record StopComponents(ImmutableSet<String> components, long forNanos) implements Fault {}
}

package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.NodeSpec;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.store.DeleteOptions;
import io.towtank.store.DeleteOptions.Propagation;
import org.jspecify.annotations.Nullable;

/**
 * What accidents and operators do to nodes, by name: they crash and come back, and are cordoned,
 * drained and deleted as with kubectl. Names of nodes that do not exist are passed over.
 */
public final class NodeFaults {
  private static final String MIRROR = "kubernetes.io/config.mirror";

  private final HollowKubelets kubelets;
  private final ApiClient client;

  /**
   * @param client who asks, as kubectl would
   */
  public NodeFaults(HollowKubelets kubelets, ApiClient client) {
    this.kubelets = kubelets;
    this.client = client;
  }

  /** Crashes nodes: see {@link HollowKubelets#fail}. */
  public void fail(Iterable<String> nodes) {
    kubelets.fail(nodes);
  }

  /** Brings crashed nodes back: see {@link HollowKubelets#restore}. */
  public void restore(Iterable<String> nodes) {
    kubelets.restore(nodes);
  }

  /** Keeps new pods off nodes ({@code kubectl cordon}). */
  public void cordon(Iterable<String> nodes) {
    nodes.forEach(node -> setUnschedulable(node, true));
  }

  /** Lets new pods onto nodes again ({@code kubectl uncordon}). */
  public void uncordon(Iterable<String> nodes) {
    nodes.forEach(node -> setUnschedulable(node, false));
  }

  /**
   * Cordons nodes and deletes their pods, but for those of DaemonSets ({@code kubectl drain
   * --ignore-daemonsets --delete-emptydir-data --force --disable-eviction}).
   *
   * @param gracePeriodSeconds for the pods; null for their own
   */
  public void drain(Iterable<String> nodes, @Nullable Long gracePeriodSeconds) {
    for (String node : nodes) {
      setUnschedulable(node, true);
      for (Pod pod : kubelets.podsOn(node)) {
        if (isDrained(pod)) {
          client.delete(
              Kinds.POD,
              ObjectKey.of(pod),
              new DeleteOptions(gracePeriodSeconds, Propagation.BACKGROUND, pod.metadata().uid()),
              (deleted, error) -> {});
        }
      }
    }
  }

  /** Takes nodes away for good: their machines stop and their Node objects are deleted. */
  public void delete(Iterable<String> nodes) {
    kubelets.fail(nodes);
    for (String node : nodes) {
      client.delete(
          Kinds.NODE, new ObjectKey(null, node), DeleteOptions.DEFAULT, (deleted, error) -> {});
    }
  }

  /** kubectl: drain/filters.go. */
  private static boolean isDrained(Pod pod) {
    ImmutableList<OwnerReference> owners = pod.metadata().ownerReferences();
    boolean daemon =
        owners.stream()
            .anyMatch(owner ->
                Boolean.TRUE.equals(owner.controller()) && owner.kind().equals("DaemonSet"));
    return !pod.metadata().annotations().containsKey(MIRROR)
        && (!daemon || pod.status().phase().isTerminal());
  }

  private void setUnschedulable(String node, boolean unschedulable) {
    client.patch(
        Kinds.NODE,
        new ObjectKey(null, node),
        stored -> withUnschedulable(stored, unschedulable),
        (stored, error) -> {});
  }

  private static Node withUnschedulable(Node node, boolean unschedulable) {
    NodeSpec spec = node.spec();
    if (Boolean.TRUE.equals(spec.unschedulable()) == unschedulable) {
      return node;
    }
    return node.withSpec(
        NodeSpecBuilder.builder(spec).unschedulable(unschedulable ? true : null).build());
  }
}

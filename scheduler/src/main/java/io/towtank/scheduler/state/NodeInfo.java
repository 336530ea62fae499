package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Node;
import io.towtank.api.Taint;

/**
 * A row as plugins see it (kube-scheduler: NodeInfo). It is a cursor: one instance is moved from
 * row to row, so it must not be kept.
 */
public final class NodeInfo {
  private final ClusterState state;
  private int row;

  NodeInfo(ClusterState state) {
    this.state = state;
  }

  NodeInfo at(int row) {
    this.row = row;
    return this;
  }

  /** The row's number. */
  public int row() {
    return row;
  }

  /** The node's name. */
  public String name() {
    return state.name(row);
  }

  /**
   * The node as it was when anything of it last changed that {@code ClusterEvent} has a name for:
   * of its status that is the allocatable resources, images and what its conditions say.
   */
  public Node node() {
    return state.node(row);
  }

  /** Whether it is cordoned. */
  public boolean unschedulable() {
    return state.unschedulable(row);
  }

  /** The node's taints. */
  public ImmutableList<Taint> taints() {
    return state.taints(row);
  }

  /** How much of a resource pods can have: millicores, bytes or units. */
  public long allocatable(int resource) {
    return state.allocatable(resource, row);
  }

  /** How much of a resource the pods on it ask for. */
  public long requested(int resource) {
    return state.requested(resource, row);
  }

  /** Millicores that the pods on it count for in scores. */
  public long nonZeroMilliCpu() {
    return state.nonZeroMilliCpu(row);
  }

  /** Bytes that the pods on it count for in scores. */
  public long nonZeroMemory() {
    return state.nonZeroMemory(row);
  }

  /** How many pods it may have. */
  public long allowedPods() {
    return state.allowedPods(row);
  }

  /** How many pods it has. */
  public int podCount() {
    return state.podCount(row);
  }

  /** A pod on it, by a number below {@link #podCount}; in no particular order. */
  public NodePod pod(int index) {
    return state.pod(row, index);
  }

  /** How many of its pods take ports of the node. */
  public int podsWithHostPorts() {
    return state.podsWithHostPorts(row);
  }
}

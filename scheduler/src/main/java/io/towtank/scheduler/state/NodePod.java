package io.towtank.scheduler.state;

import io.towtank.api.Pod;
import io.towtank.api.Timestamps;

/** A pod on a row: bound, or assumed to be. */
public final class NodePod {
  private Pod pod;
  private PodInfo info;
  private final int row;
  private boolean assumed;
  int slot;

  NodePod(Pod pod, PodInfo info, int row, boolean assumed) {
    this.pod = pod;
    this.info = info;
    this.row = row;
    this.assumed = assumed;
  }

  /** The pod as last seen. */
  public Pod pod() {
    return pod;
  }

  /** What is worked out of it. */
  public PodInfo info() {
    return info;
  }

  /** The row it is on. */
  public int row() {
    return row;
  }

  /** Whether it is chosen but not yet seen bound. */
  public boolean assumed() {
    return assumed;
  }

  /** Whether it is being deleted. */
  public boolean terminating() {
    return pod.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  void update(Pod pod, PodInfo info) {
    this.pod = pod;
    this.info = info;
    this.assumed = false;
  }
}

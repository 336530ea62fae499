package io.towtank.controllers.daemonset;

import io.towtank.api.Pod;

/** A write that a sync of a DaemonSet asks for. */
public sealed interface DaemonSetAction {
  /** Why a pod is deleted. */
  enum Reason {
    FAILED,
    SUCCEEDED,
    ONE_TOO_MANY,
    MISPLACED,
    NO_NODE,
    OLD
  }

  /** Creates a pod for a node. */
  record CreatePod(String nodeName) implements DaemonSetAction {}

  /** Deletes a pod. */
  record DeletePod(Pod pod, Reason reason) implements DaemonSetAction {}
}

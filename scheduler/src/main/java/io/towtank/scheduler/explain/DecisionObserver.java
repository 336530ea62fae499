package io.towtank.scheduler.explain;

import io.towtank.api.Pod;
import io.towtank.scheduler.framework.Status;

/** Is told of decisions, with their reasons, when they are made. It looks and changes nothing. */
public interface DecisionObserver {
  /**
   * What is done with a node that was chosen, in this order (kube-scheduler's extension points).
   */
  enum Step {
    RESERVE,
    PERMIT,
    PRE_BIND,
    BIND
  }

  /** Whether to tell of a pod: to gather the reasons costs more than to decide. */
  boolean wants(Pod pod);

  /** A decision was made, and nothing has been done about it yet. */
  void decided(Pod pod, Decision decision);

  /** A plugin has answered on the way from a decision to the binding. */
  default void answered(Pod pod, Step step, String plugin, Status status) {}

  /** A Permit plugin has the pod wait, for so many nanoseconds at most. */
  default void waits(Pod pod, String plugin, long timeoutNanos) {}

  /** The pod for which a node was chosen is bound, or that was called off. */
  default void bindingOver(Pod pod) {}
}

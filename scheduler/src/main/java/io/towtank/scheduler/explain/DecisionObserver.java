package io.towtank.scheduler.explain;

import io.towtank.api.Pod;

/** Is told of decisions, with their reasons, when they are made. It looks and changes nothing. */
public interface DecisionObserver {
  /** Whether to tell of a pod: to gather the reasons costs more than to decide. */
  boolean wants(Pod pod);

  /** A decision was made, and nothing has been done about it yet. */
  void decided(Pod pod, Decision decision);
}

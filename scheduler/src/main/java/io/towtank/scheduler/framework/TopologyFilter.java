package io.towtank.scheduler.framework;

/** A topology rule that turns nodes down. */
public interface TopologyFilter extends TopologyRule {
  /** Whether nodes of the cohort fit, as the cluster is now. */
  Status filter(int cohort);
}

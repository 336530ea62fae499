package io.towtank.scheduler.framework;

/**
 * A rule about a node's place among the others, for the pods of one template.
 *
 * <p>It puts every node into a cohort: nodes of one cohort cannot be told apart by the rule, so
 * that it judges cohorts (ten zones, say) where it would have to judge thousands of nodes. A node's
 * cohort depends on the node alone (its labels and pods); what the rule says of a cohort may depend
 * on the whole cluster and is asked anew for every pod.
 */
public interface TopologyRule {
  /** Whether something changed that makes all cohorts void; {@link #rebuild} follows. */
  boolean outdated();

  /** Takes in the whole cluster. */
  void rebuild();

  /** Takes in that a node, its labels or its pods changed. */
  void rowChanged(int row);

  /** The node's cohort; numbers are small and start from 0. */
  int cohort(int row);

  /** How many cohorts there are or were. */
  int cohorts();
}

package io.towtank.scheduler.framework;

import io.towtank.scheduler.state.CohortColumn;

/**
 * A rule about a node's place among the others, for pods that ask for the same.
 *
 * <p>It puts every node into a cohort: nodes of one cohort cannot be told apart by the rule, so
 * that it judges cohorts (ten zones, say) where it would have to judge thousands of nodes. A node's
 * cohort depends on the node alone (its labels and pods); what the rule says of a cohort may depend
 * on the whole cluster and is asked anew for every pod.
 */
public interface TopologyRule {
  /**
   * Takes in what changed in the cluster; called before anything else is asked.
   *
   * @return another number than before where the cohorts of all nodes are void, not only those of
   *     nodes that changed
   */
  long catchUp();

  /** The cohorts of all nodes; the same column every time. */
  CohortColumn cohorts();
}

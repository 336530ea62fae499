package io.towtank.scheduler;

/**
 * Which node is taken where several are the best. Either way the choice follows from the cluster,
 * the pod and the run's seed alone, not from what the scheduler remembers to be fast.
 */
public enum Ties {
  /**
   * The first in the order in which nodes joined; one that left makes room for the next to join.
   */
  FIRST,
  /**
   * Any of them, each as likely, as kube-scheduler does (selectHost). The numbers come from the
   * scheduler's stream of the run's seed. kube-scheduler draws one for every tie as it meets it;
   * here one is drawn for all of them where they are few, and where they are many nodes are drawn
   * until one is among the best: the same odds, other numbers.
   */
  RANDOM
}

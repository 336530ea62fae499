package io.towtank.scheduler;

/** Which node is taken where several are the best. */
public enum Ties {
  /** The first in the order in which nodes joined. */
  FIRST,
  /** Any of them, each as likely, as kube-scheduler does; from the run's seed. */
  RANDOM
}

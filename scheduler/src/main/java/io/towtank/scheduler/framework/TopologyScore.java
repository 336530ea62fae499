package io.towtank.scheduler.framework;

/** A topology rule that prefers some nodes. */
public interface TopologyScore extends TopologyRule {
  /** The nodes that passed all filters, by cohort. */
  interface FeasibleNodes {
    /** How many there are. */
    int count();

    /** In how many groups the following methods tell of them. */
    int groups();

    /** The cohort of a group; several groups may be of one cohort. */
    int cohort(int group);

    /** How many nodes a group has. */
    int size(int group);
  }

  /** Takes in which nodes are feasible (kube-scheduler: PreScore). */
  void preScore(FeasibleNodes feasible);

  /** The score of nodes of the cohort, before normalisation. */
  long score(int cohort);

  /** Brings scores to 0 to 100, as {@link ScoreNormalizer}. */
  void normalize(long[] scores, int count);
}

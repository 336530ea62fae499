package io.towtank.scheduler.state;

import it.unimi.dsi.fastutil.ints.IntArrays;

/**
 * Pods that are alike in all that other pods' decisions may depend on. It has a number as long as
 * such pods are on rows (see {@link PodClasses}).
 */
public final class PodClass {
  static final int NO_NUMBER = -1;

  private final LabelClass labels;
  private final AffinityTerms terms;
  private final boolean terminating;
  int id = NO_NUMBER;
  int[] rows = IntArrays.EMPTY_ARRAY;
  int rowCount;

  PodClass(LabelClass labels, AffinityTerms terms, boolean terminating) {
    this.labels = labels;
    this.terms = terms;
    this.terminating = terminating;
  }

  /** Namespace and labels. */
  public LabelClass labels() {
    return labels;
  }

  /** The pods' own (anti-)affinity terms. */
  public AffinityTerms terms() {
    return terms;
  }

  /** Whether they are being deleted. */
  public boolean terminating() {
    return terminating;
  }

  /** On how many rows such pods are. */
  public int rows() {
    return rowCount;
  }

  /** A row that has such pods; in no particular order. */
  public int row(int index) {
    return rows[index];
  }
}

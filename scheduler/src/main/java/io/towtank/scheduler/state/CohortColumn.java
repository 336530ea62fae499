package io.towtank.scheduler.state;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the cohorts of all rows up to date for a rule: asks it anew about rows that changed, and
 * about all where it has to start anew. A rule that counts pods starts from its blank: the same
 * rule about no pods, which many rules have in common, so that only rows with pods that count are
 * looked at.
 */
public final class CohortColumn implements NodeClasses.Column {
  /** What a rule says of rows. */
  public interface Rows {
    /**
     * Forgets all rows; those that are there are told next. Returns how many features there are.
     */
    int clear();

    /** Takes in a row, new or changed. */
    void take(int row);

    /** Fills in what tells a row from others, after it was taken in. */
    void features(int row, long[] features);

    /**
     * The cohorts of the same rule about no pods, brought up to date; null where there is no such
     * rule, or where this is it.
     */
    default @Nullable CohortColumn blank() {
      return null;
    }

    /**
     * Takes over what the rule about no pods knows of rows, instead of {@link #clear}; tells the
     * rows with pods that count.
     */
    default void startFromBlank(IntConsumer counting) {
      throw new UnsupportedOperationException("a rule that has no blank");
    }
  }

  private static final int SPARE_COHORTS = 1024;

  private final ClusterState state;
  private final Rows rows;
  private int[] cohortOfRow = new int[0];
  private long[] features = new long[0];
  private Cohorts cohorts = new Cohorts(0);
  private long readUpTo = -1;
  private long epoch;

  /** A column of which nothing is known yet. */
  public CohortColumn(ClusterState state, Rows rows) {
    this.state = state;
    this.rows = rows;
  }

  /**
   * Takes in what changed.
   *
   * @param anew whether what the rule keeps is void
   * @return counts up with every new start
   */
  public long catchUp(boolean anew) {
    ChangeLog changes = state.changes();
    if (anew || readUpTo < changes.start() || cohorts.count() > SPARE_COHORTS + 4 * state.rows()) {
      rebuild();
    } else {
      for (long position = readUpTo; position < changes.end(); position++) {
        int row = changes.row(position);
        // A row that changed many times, as one whose node is lost, is taken in once.
        if (!state.changedAfter(row, position)) {
          take(row);
        }
      }
    }
    readUpTo = changes.end();
    return epoch;
  }

  private void rebuild() {
    epoch++;
    CohortColumn blank = rows.blank();
    if (blank != null) {
      features = blank.features.clone();
      cohorts = blank.cohorts.copy();
      cohortOfRow = blank.cohortOfRow.clone();
      rows.startFromBlank(this::take);
      return;
    }
    features = new long[rows.clear()];
    cohorts = new Cohorts(features.length);
    for (int row = 0; row < state.rows(); row++) {
      take(row);
    }
  }

  private void take(int row) {
    if (row >= cohortOfRow.length) {
      cohortOfRow = Arrays.copyOf(cohortOfRow, Math.max(state.rows(), cohortOfRow.length * 2));
    }
    rows.take(row);
    rows.features(row, features);
    cohortOfRow[row] = cohorts.of(features);
  }

  /** How many cohorts there are; all numbers are below. */
  public int count() {
    return cohorts.count();
  }

  @Override
  public long at(int row) {
    return cohortOfRow[row];
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public @Nullable CohortColumn blank() {
    return rows.blank();
  }

  /** A row's cohort. */
  public int cohort(int row) {
    return cohortOfRow[row];
  }

  /** A feature of a cohort. */
  public long feature(int cohort, int index) {
    return cohorts.feature(cohort, index);
  }
}

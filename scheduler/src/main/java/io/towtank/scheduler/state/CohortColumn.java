package io.towtank.scheduler.state;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the cohorts of all rows up to date for a rule: asks it anew about rows that changed, and
 * about all where it has to start anew.
 *
 * <p>A rule that counts pods has a blank: the same rule about no pods, which many rules have in
 * common. Then only the rows with pods that count are kept here, each in a slot; of all others the
 * blank knows the cohort. Taking in what changed costs those rows that changed and have such pods,
 * or had; and where many rows changed, a look at each row with such pods, whether it did.
 */
public final class CohortColumn implements NodeClasses.Column {
  /** What a rule says of rows. */
  public interface Rows {
    /**
     * Forgets all rows; those that are there are told next. Returns how many features there are.
     */
    int clear();

    /** Takes in a row's node, new or changed; not called where there is a blank. */
    void take(int row);

    /**
     * Fills in what tells a row from others, after it was taken in.
     *
     * @param slot the slot of its pods, below 0 where none count
     */
    void features(int row, int slot, long[] features);

    /**
     * The cohorts of the same rule about no pods, brought up to date; null where there is no such
     * rule, or where this is it.
     */
    default @Nullable CohortColumn blank() {
      return null;
    }

    /**
     * Takes in what the pods of a row count for, where there is a blank.
     *
     * @param slot the row's; it is given to another row after one that says that nothing counts
     * @return whether anything counts
     */
    default boolean takePods(int row, int slot) {
      throw new UnsupportedOperationException("a rule that has no blank");
    }

    /** Tells the rows with pods that count, some more than once, and maybe others. */
    default void counting(IntConsumer consumer) {
      throw new UnsupportedOperationException("a rule that has no blank");
    }
  }

  private static final int SPARE_COHORTS = 1024;
  private static final int AS_BLANK = -1;

  private final ClusterState state;
  private final Rows rows;
  private long[] features = new long[0];
  private Cohorts cohorts = new Cohorts(0);
  private long readUpTo = -1;
  private long epoch;
  // Without a blank.
  private int[] cohortOfRow = new int[0];
  // With one: even numbers are its cohorts, odd ones are kept here.
  private @Nullable CohortColumn blank;
  private long blankEpoch = -1;
  private final RowSlots own = new RowSlots();
  private int[] cohortOfSlot = new int[4];
  private final IntConsumer newlyCounting = this::takePodsIfNew;

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
    blank = rows.blank();
    if (blank != null) {
      catchUpWith(blank, anew);
    } else if (anew
        || readUpTo < changes.start()
        || cohorts.count() > SPARE_COHORTS + 4 * state.rows()) {
      restart();
      for (int row = 0; row < state.rows(); row++) {
        take(row);
      }
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

  private void restart() {
    epoch++;
    features = new long[rows.clear()];
    cohorts = new Cohorts(features.length);
  }

  private void take(int row) {
    if (row >= cohortOfRow.length) {
      cohortOfRow = Arrays.copyOf(cohortOfRow, Math.max(state.rows(), cohortOfRow.length * 2));
    }
    rows.take(row);
    rows.features(row, RowSlots.NONE, features);
    cohortOfRow[row] = cohorts.of(features);
  }

  // With a blank

  private void catchUpWith(CohortColumn under, boolean anew) {
    ChangeLog changes = state.changes();
    if (anew
        || readUpTo < 0
        || blankEpoch != under.epoch
        || cohorts.count() > SPARE_COHORTS + 4 * own.size()) {
      blankEpoch = under.epoch;
      restart();
      own.clear();
      readUpTo = 0;
      rows.counting(newlyCounting);
    } else if (changes.end() - readUpTo <= own.size()) {
      for (long position = readUpTo; position < changes.end(); position++) {
        int row = changes.row(position);
        if (!state.changedAfter(row, position)) {
          takePods(under, row);
        }
      }
    } else {
      for (int slot = 0; slot < own.bound(); slot++) {
        int row = own.row(slot);
        if (row >= 0 && state.changedAfter(row, readUpTo - 1)) {
          takePods(under, row);
        }
      }
      rows.counting(newlyCounting);
    }
  }

  private void takePodsIfNew(int row) {
    if (blank != null && state.changedAfter(row, readUpTo - 1) && own.slot(row) == RowSlots.NONE) {
      takePods(blank, row);
    }
  }

  private void takePods(CohortColumn under, int row) {
    int slot = own.slot(row);
    if (slot == RowSlots.NONE) {
      slot = own.add(row);
      if (slot >= cohortOfSlot.length) {
        cohortOfSlot = Arrays.copyOf(cohortOfSlot, slot * 2);
      }
    }
    boolean counts = rows.takePods(row, slot);
    rows.features(row, slot, features);
    if (!under.cohorts.isEqual(under.cohortOfRow[row], features)) {
      cohortOfSlot[slot] = cohorts.of(features);
    } else if (counts) {
      cohortOfSlot[slot] = AS_BLANK;
    } else {
      own.remove(row);
    }
  }

  @Override
  public @Nullable CohortColumn blank() {
    return rows.blank();
  }

  @Override
  public void differing(IntConsumer consumer) {
    for (int slot = 0; slot < own.bound(); slot++) {
      if (own.row(slot) >= 0 && cohortOfSlot[slot] != AS_BLANK) {
        consumer.accept(own.row(slot));
      }
    }
  }

  @Override
  public int differingAmong() {
    return own.bound();
  }

  // What is known

  @Override
  public long at(int row) {
    return cohort(row);
  }

  @Override
  public long epoch() {
    return epoch;
  }

  /** A row's cohort. */
  public int cohort(int row) {
    if (blank == null) {
      return cohortOfRow[row];
    }
    int slot = own.slot(row);
    return slot != RowSlots.NONE && cohortOfSlot[slot] != AS_BLANK
        ? 2 * cohortOfSlot[slot] + 1
        : 2 * blank.cohortOfRow[row];
  }

  /** A feature of a cohort. */
  public long feature(int cohort, int index) {
    if (blank == null) {
      return cohorts.feature(cohort, index);
    }
    return ((cohort & 1) != 0 ? cohorts : blank.cohorts).feature(cohort >> 1, index);
  }
}

package io.towtank.scheduler.state;

import java.util.Arrays;

/** Gives equal rows of features the same small number. */
public final class Cohorts {
  private final int width;
  private long[] features;
  private int[] table = new int[32];
  private int count;

  /**
   * No cohorts yet.
   *
   * @param width how many features a cohort has
   */
  public Cohorts(int width) {
    this.width = width;
    this.features = new long[8 * Math.max(1, width)];
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** A feature of a cohort. */
  public long feature(int cohort, int index) {
    return features[cohort * width + index];
  }

  /** Whether a cohort has these features. */
  boolean isEqual(int cohort, long[] others) {
    return same(cohort, others, 0);
  }

  /** The cohort with these features; a new one where they were not seen before. */
  public int of(long[] wanted) {
    return of(wanted, 0);
  }

  /** The cohort with the features from an index on. */
  int of(long[] wanted, int from) {
    int mask = table.length - 1;
    int slot = hash(wanted, from) & mask;
    while (table[slot] != 0) {
      int cohort = table[slot] - 1;
      if (same(cohort, wanted, from)) {
        return cohort;
      }
      slot = (slot + 1) & mask;
    }
    if ((count + 1) * width > features.length) {
      features = Arrays.copyOf(features, features.length * 2);
    }
    System.arraycopy(wanted, from, features, count * width, width);
    table[slot] = ++count;
    if (count * 2 > table.length) {
      grow();
    }
    return count - 1;
  }

  private boolean same(int cohort, long[] wanted, int from) {
    for (int i = 0; i < width; i++) {
      if (features[cohort * width + i] != wanted[from + i]) {
        return false;
      }
    }
    return true;
  }

  private int hash(long[] wanted, int from) {
    long hash = 0;
    for (int i = 0; i < width; i++) {
      hash = (hash + wanted[from + i]) * 0x9e3779b97f4a7c15L;
    }
    return (int) (hash >>> 32);
  }

  private void grow() {
    table = new int[table.length * 2];
    int mask = table.length - 1;
    for (int cohort = 0; cohort < count; cohort++) {
      int slot = hash(features, cohort * width) & mask;
      while (table[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = cohort + 1;
    }
  }
}

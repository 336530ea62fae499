package io.towtank.scheduler.state;

import java.util.Arrays;

/**
 * The numbers that nodes of one kind are equal in. Those of a row lie side by side: a binding reads
 * and writes all of one row, and in a large cluster each touch of another line of memory costs more
 * than all arithmetic on it.
 */
final class RowFacts {
  static final int ALLOWED_PODS = 0;
  static final int PODS = 1;
  static final int NON_ZERO_MILLI_CPU = 2;
  static final int NON_ZERO_MEMORY = 3;
  static final int UNSCHEDULABLE = 4;
  static final int TAINTS = 5;
  private static final int FIRST_RESOURCE = 6;

  private int resources = 3;
  private int width = FIRST_RESOURCE + 2 * resources;
  private long[] facts = new long[0];

  /** How many numbers a row has. */
  int width() {
    return width;
  }

  /** How many resources there are. */
  int resources() {
    return resources;
  }

  void ensureRows(int rows) {
    facts = Arrays.copyOf(facts, rows * width);
  }

  void ensureResources(int count) {
    if (count <= resources) {
      return;
    }
    int before = width;
    int rows = facts.length / before;
    resources = count;
    width = FIRST_RESOURCE + 2 * count;
    long[] wider = new long[rows * width];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(facts, row * before, wider, row * width, before);
    }
    facts = wider;
  }

  long get(int fact, int row) {
    return facts[row * width + fact];
  }

  void set(int fact, int row, long value) {
    facts[row * width + fact] = value;
  }

  void add(int fact, int row, long more) {
    facts[row * width + fact] += more;
  }

  static int allocatable(int resource) {
    return FIRST_RESOURCE + 2 * resource;
  }

  static int requested(int resource) {
    return FIRST_RESOURCE + 1 + 2 * resource;
  }

  /** The number of a row's kind among others. */
  int kind(int row, Cohorts kinds) {
    return kinds.of(facts, row * width);
  }
}

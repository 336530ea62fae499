package io.towtank.scheduler.state;

import java.util.Arrays;

/**
 * The numbers of each row. Those of a row lie side by side: a binding reads and writes all of one
 * row, and in a large cluster each touch of another line of memory costs more than all arithmetic
 * on it. For the same reason what a node has of its own, which few nodes have differently, is but
 * one number here: its shape.
 */
final class RowFacts {
  /** Where the row's last change is in the log. */
  static final int VERSION = 0;

  /** The number of the row's kind; -1 where it is not worked out. */
  static final int KIND = 1;

  // From here on the facts that rows of one kind are equal in.
  private static final int SHAPE = 2;
  static final int PODS = 3;
  static final int NON_ZERO_MILLI_CPU = 4;
  static final int NON_ZERO_MEMORY = 5;
  private static final int FIRST_RESOURCE = 6;

  // Features of a shape; after them what is allocatable of each resource.
  private static final int ALLOWED_PODS = 0;
  private static final int UNSCHEDULABLE = 1;
  private static final int TAINTS = 2;
  private static final int FIRST_ALLOCATABLE = 3;

  private static final int NO_NODE = 0;

  private int resources = 3;
  private int width = FIRST_RESOURCE + resources;
  private long[] facts = new long[0];
  private Cohorts shapes;
  private long[] shape;

  RowFacts() {
    shape = new long[FIRST_ALLOCATABLE + resources];
    shapes = new Cohorts(shape.length);
    // No node's: nothing can be both cordoned and not.
    shape[UNSCHEDULABLE] = -1;
    shapes.of(shape);
  }

  /** How many resources there are. */
  int resources() {
    return resources;
  }

  /** Makes room for rows; new ones have no node. */
  void ensureRows(int rows) {
    int before = facts.length;
    facts = Arrays.copyOf(facts, rows * width);
    for (int at = before; at < facts.length; at += width) {
      facts[at + KIND] = -1;
    }
  }

  void ensureResources(int count) {
    if (count <= resources) {
      return;
    }
    int before = width;
    int rows = facts.length / before;
    resources = count;
    width = FIRST_RESOURCE + count;
    long[] wider = new long[rows * width];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(facts, row * before, wider, row * width, before);
    }
    facts = wider;
    widenShapes();
  }

  /** Shapes keep their numbers. */
  private void widenShapes() {
    Cohorts narrow = shapes;
    int before = shape.length;
    shape = new long[FIRST_ALLOCATABLE + resources];
    shapes = new Cohorts(shape.length);
    for (int i = 0; i < narrow.count(); i++) {
      for (int feature = 0; feature < before; feature++) {
        shape[feature] = narrow.feature(i, feature);
      }
      shapes.of(shape);
    }
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

  static int requested(int resource) {
    return FIRST_RESOURCE + resource;
  }

  // What comes of the node

  /**
   * A row has a node from now on, or another.
   *
   * @param taints a number for its taints
   * @param allocatable by resource, as far as there is anything
   */
  void setNode(int row, long allowedPods, boolean cordoned, int taints, long[] allocatable) {
    ensureResources(allocatable.length);
    shape[ALLOWED_PODS] = allowedPods;
    shape[UNSCHEDULABLE] = cordoned ? 1 : 0;
    shape[TAINTS] = taints;
    Arrays.fill(shape, FIRST_ALLOCATABLE, shape.length, 0);
    System.arraycopy(allocatable, 0, shape, FIRST_ALLOCATABLE, allocatable.length);
    set(SHAPE, row, shapes.of(shape));
  }

  void removeNode(int row) {
    set(SHAPE, row, NO_NODE);
  }

  boolean isNode(int row) {
    return get(SHAPE, row) != NO_NODE;
  }

  long allowedPods(int row) {
    return ofShape(row, ALLOWED_PODS);
  }

  boolean unschedulable(int row) {
    return ofShape(row, UNSCHEDULABLE) > 0;
  }

  long allocatable(int resource, int row) {
    return ofShape(row, FIRST_ALLOCATABLE + resource);
  }

  private long ofShape(int row, int feature) {
    return shapes.feature((int) get(SHAPE, row), feature);
  }

  // Kinds

  /** How many numbers tell kinds apart. */
  int kindWidth() {
    return width - SHAPE;
  }

  /** The number of a row's kind among others. */
  int kind(int row, Cohorts kinds) {
    return kinds.of(facts, row * width + SHAPE);
  }
}

package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts nodes into classes that no rule can tell apart: nodes of one kind (see {@link
 * ClusterState#nodeKind}) with equal values in some columns. Whoever judges nodes for a template
 * judges one of a class for all of it, and all templates that look at the same columns share the
 * classes.
 *
 * <p>Templates that count different pods have different columns, but from a common blank (see
 * {@link CohortColumn}): their classes start as copies of those by the blank columns, and only rows
 * that differ are looked at.
 *
 * <p>A row that changes moves from class to class; classes that gained or lost a row are in {@link
 * #changes}. The rows of a class, if it has several, are a heap, so that the first is at hand.
 */
public final class NodeClasses {
  /** Something that tells nodes apart. */
  public interface Column {
    /** A row's value; it changes only together with the row. */
    long at(int row);

    /** Another number than before where values mean something else than they did. */
    long epoch();

    /**
     * A column, up to date, that many have in common and whose values are those of most rows; null
     * where there is none.
     */
    default @Nullable Column blank() {
      return null;
    }
  }

  private static final int NONE = -1;
  private static final int SPARE_CLASSES = 1024;

  private final ClusterState state;
  private final ImmutableList<Column> columns;
  private final boolean startsFromBlank;
  private final long[] epochs;
  private final long[] values;
  private final long[] key;
  private Cohorts combinations;
  private Cohorts classes;
  private ChangeLog changes = new ChangeLog();
  private long readUpTo = -1;
  private long kindGeneration = -1;
  private long epoch;

  // By row.
  private int[] classOf = new int[0];
  private int[] position = new int[0];

  // By class; rows is a heap, with the lowest row first, and void where there is but one row.
  private int[] kindOf = new int[16];
  private int[] combinationOf = new int[16];
  private int[] firstRow = new int[16];
  private int[][] rows = new int[16][];
  private int[] sizes = new int[16];
  private int[] placeInUse = new int[16];

  private int[] inUse = new int[16];
  private int used;

  /**
   * Classes of which nothing is known yet.
   *
   * @param startsFromBlank whether classes by blank columns may be copied
   */
  public NodeClasses(ClusterState state, ImmutableList<Column> columns, boolean startsFromBlank) {
    this.state = state;
    this.columns = columns;
    this.startsFromBlank = startsFromBlank;
    this.epochs = new long[columns.size()];
    this.values = new long[columns.size()];
    this.key = new long[2];
    this.combinations = new Cohorts(columns.size());
    this.classes = new Cohorts(2);
  }

  // What there is

  /** One more than the highest number of a class. */
  public int bound() {
    return classes.count();
  }

  /** How many classes have nodes. */
  public int used() {
    return used;
  }

  /** A class that has nodes, by a number below {@link #used}; in no particular order. */
  public int used(int index) {
    return inUse[index];
  }

  /** The class of a row, -1 where it is no node. */
  public int classOf(int row) {
    return row < classOf.length ? classOf[row] : NONE;
  }

  /** How many nodes a class has. */
  public int size(int nodeClass) {
    return sizes[nodeClass];
  }

  /** The first row of a class that has nodes. */
  public int firstRow(int nodeClass) {
    return firstRow[nodeClass];
  }

  /** A row of a class; 0 is the first of all, the others are in no order. */
  public int row(int nodeClass, int index) {
    return index == 0 ? firstRow[nodeClass] : rows[nodeClass][index];
  }

  /** The kind of a class's nodes. */
  public int kind(int nodeClass) {
    return kindOf[nodeClass];
  }

  /** One more than the highest number of a combination. */
  public int combinations() {
    return combinations.count();
  }

  /** A number for the values of a class's nodes in all columns together. */
  public int combination(int nodeClass) {
    return combinationOf[nodeClass];
  }

  /** Classes that gained or lost nodes, since the last new start. */
  public ChangeLog changes() {
    return changes;
  }

  // Taking in changes

  /**
   * Takes in what changed, after the columns did.
   *
   * @return another number than before where classes are new, so that all have to be looked at
   */
  public long catchUp() {
    ChangeLog changedRows = state.changes();
    long generation = state.nodeKindGeneration();
    boolean anew =
        readUpTo < changedRows.start()
            || kindGeneration != generation
            || classes.count() > SPARE_CLASSES + 2 * state.rows();
    for (int i = 0; i < epochs.length; i++) {
      long columnEpoch = columns.get(i).epoch();
      anew |= epochs[i] != columnEpoch;
      epochs[i] = columnEpoch;
    }
    if (anew) {
      kindGeneration = generation;
      rebuild();
    } else {
      for (long at = readUpTo; at < changedRows.end(); at++) {
        update(changedRows.row(at));
      }
    }
    readUpTo = changedRows.end();
    return epoch;
  }

  private void rebuild() {
    epoch++;
    NodeClasses blank = startsFromBlank ? blank() : null;
    if (blank == null) {
      addAll();
    } else {
      copy(blank);
      for (int row = 0; row < state.rows(); row++) {
        if (differs(row, blank)) {
          update(row);
        }
      }
    }
  }

  /** The classes by the blank columns, up to date; null where no column has a blank. */
  private @Nullable NodeClasses blank() {
    ImmutableList.Builder<Column> blanks = ImmutableList.builder();
    boolean any = false;
    for (Column column : columns) {
      Column blank = column.blank();
      blanks.add(blank == null ? column : blank);
      any |= blank != null;
    }
    if (!any) {
      return null;
    }
    NodeClasses blank = state.nodeClasses(blanks.build());
    blank.catchUp();
    return blank;
  }

  private boolean differs(int row, NodeClasses blank) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).at(row) != blank.columns.get(i).at(row)) {
        return true;
      }
    }
    return false;
  }

  private void copy(NodeClasses blank) {
    combinations = blank.combinations.copy();
    classes = blank.classes.copy();
    changes = new ChangeLog();
    classOf = blank.classOf.clone();
    position = blank.position.clone();
    kindOf = blank.kindOf.clone();
    combinationOf = blank.combinationOf.clone();
    firstRow = blank.firstRow.clone();
    sizes = blank.sizes.clone();
    placeInUse = blank.placeInUse.clone();
    inUse = blank.inUse.clone();
    used = blank.used;
    rows = new int[sizes.length][];
    for (int i = 0; i < used; i++) {
      int size = sizes[inUse[i]];
      if (size > 1) {
        rows[inUse[i]] = Arrays.copyOf(blank.rows[inUse[i]], size);
      }
    }
  }

  private void addAll() {
    combinations = new Cohorts(columns.size());
    classes = new Cohorts(2);
    changes = new ChangeLog();
    used = 0;
    Arrays.fill(sizes, 0);
    if (classOf.length < state.rows()) {
      classOf = new int[state.rows()];
      position = new int[state.rows()];
    }
    Arrays.fill(classOf, NONE);
    for (int row = 0; row < state.rows(); row++) {
      if (state.isNode(row)) {
        add(row, find(row));
      }
    }
  }

  private void update(int row) {
    if (row >= classOf.length) {
      int before = classOf.length;
      classOf = Arrays.copyOf(classOf, Math.max(row + 1, before * 2));
      Arrays.fill(classOf, before, classOf.length, NONE);
      position = Arrays.copyOf(position, classOf.length);
    }
    int before = classOf[row];
    int now = state.isNode(row) ? find(row) : NONE;
    if (before == now) {
      return;
    }
    if (before != NONE) {
      remove(row, before);
      changes.add(before);
    }
    if (now != NONE) {
      add(row, now);
      changes.add(now);
    }
  }

  private int find(int row) {
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).at(row);
    }
    key[0] = state.nodeKind(row);
    key[1] = combinations.of(values);
    int found = classes.of(key);
    if (found >= sizes.length) {
      int capacity = Math.max(found + 1, sizes.length * 2);
      sizes = Arrays.copyOf(sizes, capacity);
      rows = Arrays.copyOf(rows, capacity);
      kindOf = Arrays.copyOf(kindOf, capacity);
      combinationOf = Arrays.copyOf(combinationOf, capacity);
      firstRow = Arrays.copyOf(firstRow, capacity);
      placeInUse = Arrays.copyOf(placeInUse, capacity);
      inUse = Arrays.copyOf(inUse, capacity);
    }
    kindOf[found] = (int) key[0];
    combinationOf[found] = (int) key[1];
    return found;
  }

  private void add(int row, int nodeClass) {
    int size = sizes[nodeClass]++;
    classOf[row] = nodeClass;
    if (size == 0) {
      placeInUse[nodeClass] = used;
      inUse[used++] = nodeClass;
      firstRow[nodeClass] = row;
      position[row] = 0;
      return;
    }
    int[] heap = rows[nodeClass];
    if (heap == null) {
      heap = new int[2];
      rows[nodeClass] = heap;
    } else if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
      rows[nodeClass] = heap;
    }
    heap[0] = firstRow[nodeClass];
    heap[size] = row;
    up(heap, size);
    firstRow[nodeClass] = heap[0];
  }

  private void remove(int row, int nodeClass) {
    classOf[row] = NONE;
    int last = --sizes[nodeClass];
    if (last == 0) {
      int moved = inUse[--used];
      inUse[placeInUse[nodeClass]] = moved;
      placeInUse[moved] = placeInUse[nodeClass];
      return;
    }
    int[] heap = rows[nodeClass];
    int hole = position[row];
    if (hole != last) {
      heap[hole] = heap[last];
      position[heap[hole]] = hole;
      up(heap, hole);
      down(heap, hole, last);
    }
    firstRow[nodeClass] = heap[0];
  }

  private void up(int[] heap, int start) {
    int index = start;
    int row = heap[index];
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (heap[parent] < row) {
        break;
      }
      heap[index] = heap[parent];
      position[heap[index]] = index;
      index = parent;
    }
    heap[index] = row;
    position[row] = index;
  }

  private void down(int[] heap, int start, int size) {
    int index = start;
    int row = heap[index];
    while (true) {
      int child = 2 * index + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (row < heap[child]) {
        break;
      }
      heap[index] = heap[child];
      position[heap[index]] = index;
      index = child;
    }
    heap[index] = row;
    position[row] = index;
  }
}

package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The classes of nodes as the templates see them that look at some columns: those by the blank
 * columns ({@link NodeClasses}), which all templates have in common that differ only in the pods
 * they count, less the rows with pods that count; and classes of their own for these. So a
 * template's cost is that of the rows with pods that count for it, however many there are that do
 * not.
 *
 * <p>Even numbers are classes and combinations that are shared, odd ones are own.
 */
public final class TemplateClasses {
  private static final int NONE = -1;
  private static final int SPARE_CLASSES = 64;

  // To look at a row that changed costs as much as to pass so many over that are as they were.
  private static final int ROWS_PASSED_OVER = 8;

  private final ClusterState state;
  private final ImmutableList<NodeClasses.Column> columns;
  private final NodeClasses shared;
  // Which columns have a blank; null where none has.
  private final boolean @Nullable [] hasBlank;
  private final ChangeLog changes = new ChangeLog();
  private final long[] epochs;
  private long sharedEpoch = -1;
  private long readUpTo = -1;
  private long sharedReadUpTo;
  private long epoch;

  // Own classes.
  private final RowSlots own = new RowSlots();
  private final ClassMembers members = new ClassMembers();
  private final long[] values;
  private final long[] key = new long[2];
  private Cohorts combinations;
  private Cohorts classes = new Cohorts(2);
  // By slot of an own row: its own class, and the shared one of which it is left out.
  private int[] classOfSlot = new int[4];
  private int[] sharedClassOfSlot = new int[4];
  // By shared class, how many of its rows are left out.
  private int[] leftOut = IntArrays.EMPTY_ARRAY;
  private final IntConsumer newlyDiffering = this::updateIfNew;

  /**
   * Classes of which nothing is known yet.
   *
   * @param shared those by the columns' blanks, or by the columns themselves
   */
  private TemplateClasses(
      ClusterState state,
      ImmutableList<NodeClasses.Column> columns,
      NodeClasses shared,
      boolean @Nullable [] hasBlank) {
    this.state = state;
    this.columns = columns;
    this.shared = shared;
    this.hasBlank = hasBlank;
    this.epochs = new long[columns.size()];
    this.values = new long[columns.size()];
    this.combinations = new Cohorts(columns.size());
  }

  /** Classes that have nothing in common with others: to hold others against them. */
  public static TemplateClasses unshared(
      ClusterState state, ImmutableList<NodeClasses.Column> columns) {
    return new TemplateClasses(state, columns, new NodeClasses(state, columns), null);
  }

  static TemplateClasses of(ClusterState state, ImmutableList<NodeClasses.Column> columns) {
    ImmutableList.Builder<NodeClasses.Column> blanks = ImmutableList.builder();
    boolean[] hasBlank = new boolean[columns.size()];
    boolean any = false;
    for (int i = 0; i < hasBlank.length; i++) {
      NodeClasses.Column blank = columns.get(i).blank();
      blanks.add(blank == null ? columns.get(i) : blank);
      hasBlank[i] = blank != null;
      any |= hasBlank[i];
    }
    return new TemplateClasses(
        state, columns, state.nodeClasses(blanks.build()), any ? hasBlank : null);
  }

  // What there is

  /** One more than the highest number of a class. */
  public int bound() {
    return 2 * Math.max(shared.bound(), classes.count());
  }

  /** How many classes may have nodes. */
  public int used() {
    return shared.members().used() + members.used();
  }

  /** A class that may have nodes, by a number below {@link #used}; in no particular order. */
  public int used(int index) {
    int ofShared = shared.members().used();
    return index < ofShared
        ? 2 * shared.members().used(index)
        : 2 * members.used(index - ofShared) + 1;
  }

  private static boolean isOwn(int number) {
    return (number & 1) != 0;
  }

  /** The class of a row, -1 where it is no node. */
  public int classOf(int row) {
    int slot = own.slot(row);
    if (slot != RowSlots.NONE) {
      return 2 * classOfSlot[slot] + 1;
    }
    int nodeClass = shared.classOf(row);
    return nodeClass == NONE ? NONE : 2 * nodeClass;
  }

  /** How many nodes a class has. */
  public int size(int nodeClass) {
    return isOwn(nodeClass)
        ? members.size(nodeClass >> 1)
        : shared.members().size(nodeClass >> 1) - leftOut(nodeClass >> 1);
  }

  private int leftOut(int number) {
    return number < leftOut.length ? leftOut[number] : 0;
  }

  /** The first row of a class that has nodes. */
  public int firstRow(int nodeClass) {
    int number = nodeClass >> 1;
    if (isOwn(nodeClass)) {
      return members.firstRow(number);
    }
    return leftOut(number) == 0
        ? shared.members().firstRow(number)
        : nextShared(number, shared.members().firstRow(number));
  }

  /** The lowest row of a shared class from one on that is not left out. */
  private int nextShared(int number, int from) {
    int row = from;
    while (row != RowSet.NONE && own.slot(row) != RowSlots.NONE) {
      row = shared.members().nextRow(number, row + 1);
    }
    return row;
  }

  /** Puts the rows of a class into an array, in order; it has room for them. */
  public void copyRows(int nodeClass, int[] into, int at) {
    int number = nodeClass >> 1;
    ClassMembers all = isOwn(nodeClass) ? members : shared.members();
    boolean some = !isOwn(nodeClass) && leftOut(number) > 0;
    int next = at;
    for (int row = all.nextRow(number, 0); row != RowSet.NONE; row = all.nextRow(number, row + 1)) {
      if (!some || own.slot(row) == RowSlots.NONE) {
        into[next++] = row;
      }
    }
  }

  /** The kind of a class's nodes. */
  public int kind(int nodeClass) {
    return isOwn(nodeClass)
        ? (int) classes.feature(nodeClass >> 1, 0)
        : shared.kind(nodeClass >> 1);
  }

  /** One more than the highest number of a combination. */
  public int combinations() {
    return 2 * Math.max(shared.combinations(), combinations.count());
  }

  /** A number for the values of a class's nodes in all columns together. */
  public int combination(int nodeClass) {
    return isOwn(nodeClass)
        ? 2 * (int) classes.feature(nodeClass >> 1, 1) + 1
        : 2 * shared.combination(nodeClass >> 1);
  }

  /** Classes that gained or lost nodes. */
  public ChangeLog changes() {
    return changes;
  }

  /** What {@link #catchUp} returned last. */
  public long epoch() {
    return epoch;
  }

  /** Whether nothing changed since {@link #catchUp}, which others do to what is shared, too. */
  public boolean isCurrent() {
    return sharedEpoch == shared.epoch()
        && sharedReadUpTo == shared.changes().end()
        && readUpTo == state.changes().end();
  }

  // Taking in changes

  /**
   * Takes in what changed, after the columns did.
   *
   * @return another number than before where classes are new, so that all have to be looked at
   */
  public long catchUp() {
    long end = state.changes().end();
    long nowShared = shared.catchUp();
    boolean anew = nowShared != sharedEpoch || classes.count() > SPARE_CLASSES + 4 * members.used();
    sharedEpoch = nowShared;
    for (int i = 0; i < epochs.length && hasBlank != null; i++) {
      long columnEpoch = columns.get(i).epoch();
      anew |= epochs[i] != columnEpoch;
      epochs[i] = columnEpoch;
    }
    if (anew) {
      rebuild();
    } else {
      takeShared();
      if (hasBlank != null) {
        takeOwn();
      }
    }
    sharedReadUpTo = shared.changes().end();
    readUpTo = end;
    return epoch;
  }

  private void rebuild() {
    epoch++;
    if (hasBlank == null) {
      return;
    }
    own.clear();
    members.clear();
    Arrays.fill(leftOut, 0);
    combinations = new Cohorts(columns.size());
    classes = new Cohorts(2);
    readUpTo = 0;
    tellDiffering();
  }

  private void takeShared() {
    ChangeLog log = shared.changes();
    if (sharedReadUpTo < log.start()) {
      epoch++;
      return;
    }
    for (long at = sharedReadUpTo; at < log.end(); at++) {
      int nodeClass = log.row(at);
      if (!shared.changedAfter(nodeClass, at)) {
        changes.add(2 * nodeClass);
      }
    }
  }

  /**
   * Looks at the rows that changed, or, where these are fewer, at those that are or will be own.
   */
  private void takeOwn() {
    ChangeLog log = state.changes();
    int among = 0;
    for (int i = 0; i < columns.size(); i++) {
      among += columns.get(i).differingAmong();
    }
    if (readUpTo >= log.start() && log.end() - readUpTo <= own.size() + among / ROWS_PASSED_OVER) {
      for (long at = readUpTo; at < log.end(); at++) {
        int row = log.row(at);
        if (!state.changedAfter(row, at)) {
          update(row);
        }
      }
      return;
    }
    for (int slot = 0; slot < own.bound(); slot++) {
      int row = own.row(slot);
      if (row >= 0 && state.changedAfter(row, readUpTo - 1)) {
        update(row);
      }
    }
    tellDiffering();
  }

  private void tellDiffering() {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).differing(newlyDiffering);
    }
  }

  private void updateIfNew(int row) {
    if (state.changedAfter(row, readUpTo - 1) && own.slot(row) == RowSlots.NONE) {
      update(row);
    }
  }

  private void update(int row) {
    int slot = own.slot(row);
    if (!state.isNode(row) || !readValues(row)) {
      if (slot != RowSlots.NONE) {
        leave(row, slot);
        own.remove(row);
      }
      return;
    }
    int sharedClass = shared.classOf(row);
    key[0] = state.nodeKind(row);
    key[1] = combinations.of(values);
    int nodeClass = classes.of(key);
    if (slot != RowSlots.NONE) {
      if (classOfSlot[slot] == nodeClass && sharedClassOfSlot[slot] == sharedClass) {
        return;
      }
      leave(row, slot);
    } else {
      slot = own.add(row);
      if (slot >= classOfSlot.length) {
        classOfSlot = Arrays.copyOf(classOfSlot, slot * 2);
        sharedClassOfSlot = Arrays.copyOf(sharedClassOfSlot, slot * 2);
      }
    }
    classOfSlot[slot] = nodeClass;
    members.add(row, nodeClass);
    changes.add(2 * nodeClass + 1);
    sharedClassOfSlot[slot] = sharedClass;
    if (sharedClass >= leftOut.length) {
      leftOut = Arrays.copyOf(leftOut, Math.max(shared.bound(), leftOut.length * 2));
    }
    leftOut[sharedClass]++;
    changes.add(2 * sharedClass);
  }

  private void leave(int row, int slot) {
    members.remove(row, classOfSlot[slot]);
    changes.add(2 * classOfSlot[slot] + 1);
    int sharedClass = sharedClassOfSlot[slot];
    leftOut[sharedClass]--;
    changes.add(2 * sharedClass);
  }

  /** Reads a row's values; says whether any is not a blank's. */
  private boolean readValues(int row) {
    boolean differs = false;
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).at(row);
      differs |= hasBlank != null && hasBlank[i] && (values[i] & 1) != 0;
    }
    return differs;
  }
}

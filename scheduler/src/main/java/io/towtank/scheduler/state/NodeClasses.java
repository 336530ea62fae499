package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts nodes into classes that no rule can tell apart: nodes of one kind (see {@link
 * ClusterState#nodeKind}) with equal values in some columns. Whoever judges nodes for a template
 * judges one of a class for all of it, and all templates that look at the same columns share the
 * classes. Templates that count different pods have different columns, but from a common blank (see
 * {@link CohortColumn}): they share the classes by the blank columns, and {@link TemplateClasses}
 * has what is different for each.
 *
 * <p>A row that changes moves from class to class; classes that gained or lost a row are in {@link
 * #changes}.
 */
public final class NodeClasses {
  /** Something that tells nodes apart. */
  public interface Column {
    /** A row's value; it changes only together with the row. */
    long at(int row);

    /** Another number than before where values mean something else than they did. */
    long epoch();

    /**
     * A column, up to date, that many have in common and that knows of most rows all there is to
     * know; null where there is none. Where there is, the values of the other rows are odd.
     */
    default @Nullable Column blank() {
      return null;
    }

    /** Tells the rows with odd values. */
    default void differing(IntConsumer consumer) {}

    /** How many rows {@link #differing} looks at to tell those. */
    default int differingAmong() {
      return 0;
    }
  }

  private static final int NONE = -1;
  private static final int SPARE_CLASSES = 256;

  private final ClusterState state;
  private final ImmutableList<Column> columns;
  private final long[] epochs;
  private final long[] values;
  private final long[] key;
  private final ClassMembers members = new ClassMembers();
  private final ChangeLog changes = new ChangeLog();
  private Cohorts combinations;
  private Cohorts classes;
  private long readUpTo = -1;
  private long kindGeneration = -1;
  private long epoch;

  // By row.
  private int[] classOf = new int[0];

  // By class: where its last change is in the log.
  private long[] changedAt = new long[16];

  /** Classes of which nothing is known yet. */
  NodeClasses(ClusterState state, ImmutableList<Column> columns) {
    this.state = state;
    this.columns = columns;
    this.epochs = new long[columns.size()];
    this.values = new long[columns.size()];
    this.key = new long[2];
    this.combinations = new Cohorts(columns.size());
    this.classes = new Cohorts(2);
  }

  // What there is

  /** One more than the highest number of a class. */
  int bound() {
    return classes.count();
  }

  /** Which rows the classes have. */
  ClassMembers members() {
    return members;
  }

  /** The class of a row, -1 where it is no node. */
  int classOf(int row) {
    return row < classOf.length ? classOf[row] : NONE;
  }

  /** The kind of a class's nodes. */
  int kind(int nodeClass) {
    return (int) classes.feature(nodeClass, 0);
  }

  /** One more than the highest number of a combination. */
  int combinations() {
    return combinations.count();
  }

  /** A number for the values of a class's nodes in all columns together. */
  int combination(int nodeClass) {
    return (int) classes.feature(nodeClass, 1);
  }

  /** Classes that gained or lost nodes. */
  ChangeLog changes() {
    return changes;
  }

  /** Whether a class changed again after a position of {@link #changes}. */
  boolean changedAfter(int nodeClass, long position) {
    return changedAt[nodeClass] > position;
  }

  /** What {@link #catchUp} returned last. */
  long epoch() {
    return epoch;
  }

  // Taking in changes

  /**
   * Takes in what changed, after the columns did.
   *
   * @return another number than before where classes are new, so that all have to be looked at
   */
  long catchUp() {
    ChangeLog changedRows = state.changes();
    long generation = state.nodeKindGeneration();
    boolean anew =
        readUpTo < changedRows.start()
            || kindGeneration != generation
            || classes.count() > SPARE_CLASSES + 4 * members.used();
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
        int row = changedRows.row(at);
        if (!state.changedAfter(row, at)) {
          update(row);
        }
      }
    }
    readUpTo = changedRows.end();
    return epoch;
  }

  private void rebuild() {
    epoch++;
    combinations = new Cohorts(columns.size());
    classes = new Cohorts(2);
    members.clear();
    if (classOf.length < state.rows()) {
      classOf = new int[state.rows()];
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
    }
    int before = classOf[row];
    int now = state.isNode(row) ? find(row) : NONE;
    if (before == now) {
      return;
    }
    if (before != NONE) {
      classOf[row] = NONE;
      members.remove(row, before);
      changed(before);
    }
    if (now != NONE) {
      add(row, now);
      changed(now);
    }
  }

  private void changed(int nodeClass) {
    if (nodeClass >= changedAt.length) {
      changedAt = Arrays.copyOf(changedAt, Math.max(nodeClass + 1, changedAt.length * 2));
    }
    changedAt[nodeClass] = changes.end();
    changes.add(nodeClass);
  }

  private void add(int row, int nodeClass) {
    classOf[row] = nodeClass;
    members.add(row, nodeClass);
  }

  private int find(int row) {
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).at(row);
    }
    key[0] = state.nodeKind(row);
    key[1] = combinations.of(values);
    return classes.of(key);
  }
}

package io.towtank.scheduler.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which rows are of which class. */
final class ClassMembers {
  // By class; the set of its rows is void where there is but one.
  private int[] first = new int[16];
  private int[] sizes = new int[16];
  private @Nullable RowSet[] sets = new RowSet[16];
  private int[] placeInUse = new int[16];

  private int[] inUse = new int[16];
  private int used;

  /** How many classes have members. */
  int used() {
    return used;
  }

  /** A class that has members, by a number below {@link #used}; in no particular order. */
  int used(int index) {
    return inUse[index];
  }

  /** How many members a class has. */
  int size(int nodeClass) {
    return nodeClass < sizes.length ? sizes[nodeClass] : 0;
  }

  /** The lowest row of a class that has members. */
  int firstRow(int nodeClass) {
    return first[nodeClass];
  }

  /** The lowest row of a class from one on, {@link RowSet#NONE} where there is none. */
  int nextRow(int nodeClass, int from) {
    if (sizes[nodeClass] > 1) {
      return set(nodeClass).next(from);
    }
    return sizes[nodeClass] == 1 && first[nodeClass] >= from ? first[nodeClass] : RowSet.NONE;
  }

  void clear() {
    used = 0;
    Arrays.fill(sizes, 0);
  }

  void add(int row, int nodeClass) {
    ensureClass(nodeClass);
    int size = sizes[nodeClass]++;
    if (size == 0) {
      placeInUse[nodeClass] = used;
      inUse[used++] = nodeClass;
      first[nodeClass] = row;
      return;
    }
    RowSet set = set(nodeClass);
    if (size == 1) {
      set.clear();
      set.add(first[nodeClass]);
    }
    set.add(row);
    first[nodeClass] = set.first();
  }

  void remove(int row, int nodeClass) {
    int size = --sizes[nodeClass];
    if (size == 0) {
      int moved = inUse[--used];
      inUse[placeInUse[nodeClass]] = moved;
      placeInUse[moved] = placeInUse[nodeClass];
      return;
    }
    RowSet set = set(nodeClass);
    set.remove(row);
    first[nodeClass] = set.first();
  }

  private RowSet set(int nodeClass) {
    RowSet set = sets[nodeClass];
    if (set == null) {
      set = new RowSet();
      sets[nodeClass] = set;
    }
    return set;
  }

  private void ensureClass(int nodeClass) {
    if (nodeClass >= sizes.length) {
      int capacity = Math.max(nodeClass + 1, sizes.length * 2);
      sizes = Arrays.copyOf(sizes, capacity);
      sets = Arrays.copyOf(sets, capacity);
      first = Arrays.copyOf(first, capacity);
      placeInUse = Arrays.copyOf(placeInUse, capacity);
      inUse = Arrays.copyOf(inUse, capacity);
    }
  }
}

package io.towtank.scheduler;

import java.util.Arrays;

/**
 * Rows in groups, each group a heap: its highest score is on top, and of equal scores the lowest
 * row. A row is in one group at most; moving it costs the logarithm of the group's size.
 */
final class RowHeaps {
  private static final int NONE = -1;

  private int[] groupOf;
  private int[] position;
  private int[] score;
  private int[][] heaps = new int[16][];
  private int[] sizes = new int[16];
  // Groups whose rows are in no order yet: a template that is used once needs no heap.
  private boolean[] unordered = new boolean[16];
  private boolean bulk;
  private boolean[] scanned = new boolean[16];

  RowHeaps(int rows) {
    groupOf = new int[rows];
    Arrays.fill(groupOf, NONE);
    position = new int[rows];
    score = new int[rows];
  }

  /** Makes room for rows up to a number. */
  void ensureRows(int rows) {
    int before = groupOf.length;
    if (rows > before) {
      int capacity = Math.max(rows, before * 2);
      groupOf = Arrays.copyOf(groupOf, capacity);
      Arrays.fill(groupOf, before, capacity, NONE);
      position = Arrays.copyOf(position, capacity);
      score = Arrays.copyOf(score, capacity);
    }
  }

  void clear() {
    Arrays.fill(groupOf, NONE);
    Arrays.fill(sizes, 0);
    Arrays.fill(unordered, false);
    Arrays.fill(scanned, false);
  }

  /** Many rows follow: order can wait. */
  void startBulk() {
    bulk = true;
  }

  /** All rows are there. */
  void stopBulk() {
    bulk = false;
  }

  /** The best row of a group. The first time a look at all is cheaper than to order them. */
  int best(int group) {
    if (unordered[group]) {
      if (!scanned[group]) {
        scanned[group] = true;
        return scan(group);
      }
      order(group);
    }
    return heaps[group][0];
  }

  private int scan(int group) {
    int[] rows = heaps[group];
    int best = rows[0];
    for (int i = 1; i < sizes[group]; i++) {
      if (before(rows[i], best)) {
        best = rows[i];
      }
    }
    return best;
  }

  /** Has a group's rows in heap order. */
  void order(int group) {
    if (unordered[group]) {
      unordered[group] = false;
      for (int i = sizes[group] / 2 - 1; i >= 0; i--) {
        down(heaps[group], i, sizes[group]);
      }
    }
  }

  int groupOf(int row) {
    return row < groupOf.length ? groupOf[row] : NONE;
  }

  int size(int group) {
    return group < sizes.length ? sizes[group] : 0;
  }

  /** A row of a group; 0 is the best, the others are in no order. */
  int row(int group, int index) {
    return heaps[group][index];
  }

  int score(int row) {
    return score[row];
  }

  /** Puts a row that is in no group beside another, with the same score. In bulk only. */
  void putLike(int row, int other) {
    int group = groupOf[other];
    int size = sizes[group]++;
    int[] heap = heaps[group];
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
      heaps[group] = heap;
    }
    groupOf[row] = group;
    score[row] = score[other];
    heap[size] = row;
    position[row] = size;
    unordered[group] = true;
  }

  /** Puts a row into a group with a score, out of any other. */
  void put(int row, int group, int itsScore) {
    if (groupOf[row] == group) {
      if (score[row] != itsScore) {
        score[row] = itsScore;
        sift(group, position[row]);
      }
      return;
    }
    remove(row);
    if (group >= heaps.length) {
      heaps = Arrays.copyOf(heaps, Math.max(group + 1, heaps.length * 2));
      sizes = Arrays.copyOf(sizes, heaps.length);
      unordered = Arrays.copyOf(unordered, heaps.length);
      scanned = Arrays.copyOf(scanned, heaps.length);
    }
    int[] heap = heaps[group];
    int size = sizes[group]++;
    if (heap == null) {
      heap = new int[8];
      heaps[group] = heap;
    } else if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
      heaps[group] = heap;
    }
    groupOf[row] = group;
    score[row] = itsScore;
    heap[size] = row;
    position[row] = size;
    if (bulk) {
      unordered[group] = true;
    } else if (!unordered[group]) {
      up(heap, size);
    }
  }

  private void sift(int group, int index) {
    if (!unordered[group]) {
      int row = heaps[group][index];
      up(heaps[group], index);
      down(heaps[group], position[row], sizes[group]);
    }
  }

  void remove(int row) {
    int group = groupOf[row];
    if (group == NONE) {
      return;
    }
    groupOf[row] = NONE;
    int[] heap = heaps[group];
    int last = --sizes[group];
    int hole = position[row];
    if (hole != last) {
      int moved = heap[last];
      heap[hole] = moved;
      position[moved] = hole;
      sift(group, hole);
    }
  }

  private boolean before(int a, int b) {
    return score[a] != score[b] ? score[a] > score[b] : a < b;
  }

  private void up(int[] heap, int start) {
    int index = start;
    int row = heap[index];
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (!before(row, heap[parent])) {
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
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], row)) {
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

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

  /** Puts a row into a group with a score, out of any other. */
  void put(int row, int group, int itsScore) {
    if (groupOf[row] == group) {
      if (score[row] != itsScore) {
        score[row] = itsScore;
        up(heaps[group], position[row]);
        down(heaps[group], position[row], sizes[group]);
      }
      return;
    }
    remove(row);
    if (group >= heaps.length) {
      heaps = Arrays.copyOf(heaps, Math.max(group + 1, heaps.length * 2));
      sizes = Arrays.copyOf(sizes, heaps.length);
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
    up(heap, size);
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
      up(heap, hole);
      down(heap, position[moved], last);
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

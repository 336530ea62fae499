package io.towtank.scheduler;

import java.util.Arrays;

/**
 * Classes of nodes in groups, each group a heap: its highest score is on top, and of equal scores
 * the class with the lowest row. A class is in one group at most; moving it costs the logarithm of
 * the group's size.
 */
final class ClassHeaps {
  private static final int NONE = -1;

  // By class.
  private int[] groupOf = new int[64];
  private int[] position = new int[64];
  private int[] score = new int[64];
  private int[] firstRow = new int[64];
  private int[] nodes = new int[64];

  // By group.
  private int[][] heaps = new int[16][];
  private int[] sizes = new int[16];
  private int[] nodesOfGroup = new int[16];
  // Groups that are in no order yet: for a template that is used once order does not pay.
  private boolean[] unordered = new boolean[16];
  private boolean[] scanned = new boolean[16];
  private boolean bulk;

  /** Forgets everything, and makes room for classes up to a number. */
  void clear(int classes) {
    if (classes > groupOf.length) {
      int capacity = Math.max(classes, groupOf.length * 2);
      groupOf = new int[capacity];
      position = new int[capacity];
      score = new int[capacity];
      firstRow = new int[capacity];
      nodes = new int[capacity];
    }
    Arrays.fill(groupOf, NONE);
    Arrays.fill(sizes, 0);
    Arrays.fill(nodesOfGroup, 0);
    Arrays.fill(unordered, false);
    Arrays.fill(scanned, false);
  }

  private void ensureClass(int nodeClass) {
    int before = groupOf.length;
    if (nodeClass >= before) {
      int capacity = Math.max(nodeClass + 1, before * 2);
      groupOf = Arrays.copyOf(groupOf, capacity);
      Arrays.fill(groupOf, before, capacity, NONE);
      position = Arrays.copyOf(position, capacity);
      score = Arrays.copyOf(score, capacity);
      firstRow = Arrays.copyOf(firstRow, capacity);
      nodes = Arrays.copyOf(nodes, capacity);
    }
  }

  /** Many classes follow: order can wait. */
  void startBulk() {
    bulk = true;
  }

  /** All classes are there. */
  void stopBulk() {
    bulk = false;
  }

  /** The best class of a group. The first time a look at all is cheaper than to order them. */
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
    int[] classes = heaps[group];
    int best = classes[0];
    for (int i = 1; i < sizes[group]; i++) {
      if (before(classes[i], best)) {
        best = classes[i];
      }
    }
    return best;
  }

  private void order(int group) {
    unordered[group] = false;
    for (int i = sizes[group] / 2 - 1; i >= 0; i--) {
      down(heaps[group], i, sizes[group]);
    }
  }

  /** Whether a class of a group is sure to be no worse than those at 2 i + 1 and 2 i + 2. */
  boolean isOrdered(int group) {
    return !unordered[group];
  }

  /** A class's group, -1 where it is in none. */
  int groupOf(int nodeClass) {
    return nodeClass >= 0 && nodeClass < groupOf.length ? groupOf[nodeClass] : NONE;
  }

  /** How many classes a group has. */
  int size(int group) {
    return group < sizes.length ? sizes[group] : 0;
  }

  /** How many nodes the classes of a group have. */
  int nodes(int group) {
    return group < nodesOfGroup.length ? nodesOfGroup[group] : 0;
  }

  /** A class of a group. */
  int at(int group, int index) {
    return heaps[group][index];
  }

  int score(int nodeClass) {
    return score[nodeClass];
  }

  /** The lowest row of a class, as of when it was put. */
  int firstRow(int nodeClass) {
    return firstRow[nodeClass];
  }

  /**
   * Puts a class into a group, out of any other.
   *
   * @param itsFirstRow its lowest row
   * @param itsNodes how many nodes it has
   */
  void put(int nodeClass, int group, int itsScore, int itsFirstRow, int itsNodes) {
    ensureClass(nodeClass);
    if (groupOf[nodeClass] == group) {
      nodesOfGroup[group] += itsNodes - nodes[nodeClass];
      nodes[nodeClass] = itsNodes;
      if (score[nodeClass] != itsScore || firstRow[nodeClass] != itsFirstRow) {
        score[nodeClass] = itsScore;
        firstRow[nodeClass] = itsFirstRow;
        sift(group, position[nodeClass]);
      }
      return;
    }
    remove(nodeClass);
    if (group >= heaps.length) {
      heaps = Arrays.copyOf(heaps, Math.max(group + 1, heaps.length * 2));
      sizes = Arrays.copyOf(sizes, heaps.length);
      nodesOfGroup = Arrays.copyOf(nodesOfGroup, heaps.length);
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
    groupOf[nodeClass] = group;
    score[nodeClass] = itsScore;
    firstRow[nodeClass] = itsFirstRow;
    nodes[nodeClass] = itsNodes;
    nodesOfGroup[group] += itsNodes;
    heap[size] = nodeClass;
    position[nodeClass] = size;
    if (bulk) {
      unordered[group] = true;
    } else if (!unordered[group]) {
      up(heap, size);
    }
  }

  private void sift(int group, int index) {
    if (!unordered[group]) {
      int nodeClass = heaps[group][index];
      up(heaps[group], index);
      down(heaps[group], position[nodeClass], sizes[group]);
    }
  }

  /** Takes a class out of its group, if it is in one. */
  void remove(int nodeClass) {
    int group = groupOf(nodeClass);
    if (group == NONE) {
      return;
    }
    groupOf[nodeClass] = NONE;
    nodesOfGroup[group] -= nodes[nodeClass];
    int[] heap = heaps[group];
    int last = --sizes[group];
    int hole = position[nodeClass];
    if (hole != last) {
      int moved = heap[last];
      heap[hole] = moved;
      position[moved] = hole;
      sift(group, hole);
    }
  }

  private boolean before(int a, int b) {
    return score[a] != score[b] ? score[a] > score[b] : firstRow[a] < firstRow[b];
  }

  private void up(int[] heap, int start) {
    int index = start;
    int nodeClass = heap[index];
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (!before(nodeClass, heap[parent])) {
        break;
      }
      heap[index] = heap[parent];
      position[heap[index]] = index;
      index = parent;
    }
    heap[index] = nodeClass;
    position[nodeClass] = index;
  }

  private void down(int[] heap, int start, int size) {
    int index = start;
    int nodeClass = heap[index];
    while (true) {
      int child = 2 * index + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], nodeClass)) {
        break;
      }
      heap[index] = heap[child];
      position[heap[index]] = index;
      index = child;
    }
    heap[index] = nodeClass;
    position[nodeClass] = index;
  }
}

package io.towtank.scheduler;

import java.util.Arrays;

/**
 * Classes of nodes in groups, each group a heap: its highest score is on top, and of equal scores
 * the class with the lowest row. A class is in one group at most; moving it costs the logarithm of
 * the group's size.
 */
final class ClassHeaps {
  private static final int NONE = -1;

  // What is known of a class lies side by side: of a template that comes rarely none of it is in
  // any cache, and each touch of another line of memory costs more than all arithmetic on it.
  private static final int GROUP = 0;
  private static final int POSITION = 1;
  private static final int SCORE = 2;
  private static final int FIRST_ROW = 3;
  private static final int NODES = 4;
  private static final int WIDTH = 5;

  // By class.
  private int[] facts = new int[64 * WIDTH];

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
    if (classes * WIDTH > facts.length) {
      facts = new int[Math.max(classes * WIDTH, facts.length * 2)];
    }
    forget(0);
    Arrays.fill(sizes, 0);
    Arrays.fill(nodesOfGroup, 0);
    Arrays.fill(unordered, false);
    Arrays.fill(scanned, false);
  }

  private void forget(int from) {
    for (int at = from; at < facts.length; at += WIDTH) {
      facts[at + GROUP] = NONE;
    }
  }

  private void ensureGroup(int group) {
    if (group >= heaps.length) {
      heaps = Arrays.copyOf(heaps, Math.max(group + 1, heaps.length * 2));
      sizes = Arrays.copyOf(sizes, heaps.length);
      nodesOfGroup = Arrays.copyOf(nodesOfGroup, heaps.length);
      unordered = Arrays.copyOf(unordered, heaps.length);
      scanned = Arrays.copyOf(scanned, heaps.length);
    }
  }

  private void ensureClass(int nodeClass) {
    int before = facts.length;
    if (nodeClass * WIDTH >= before) {
      facts = Arrays.copyOf(facts, Math.max((nodeClass + 1) * WIDTH, before * 2));
      forget(before);
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
    int at = nodeClass * WIDTH;
    return nodeClass >= 0 && at < facts.length ? facts[at + GROUP] : NONE;
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
    return facts[nodeClass * WIDTH + SCORE];
  }

  /** The lowest row of a class, as of when it was put. */
  int firstRow(int nodeClass) {
    return facts[nodeClass * WIDTH + FIRST_ROW];
  }

  /**
   * Puts a class into a group, out of any other.
   *
   * @param itsFirstRow its lowest row
   * @param itsNodes how many nodes it has
   */
  void put(int nodeClass, int group, int itsScore, int itsFirstRow, int itsNodes) {
    ensureClass(nodeClass);
    int at = nodeClass * WIDTH;
    if (facts[at + GROUP] == group) {
      nodesOfGroup[group] += itsNodes - facts[at + NODES];
      facts[at + NODES] = itsNodes;
      if (facts[at + SCORE] != itsScore || facts[at + FIRST_ROW] != itsFirstRow) {
        facts[at + SCORE] = itsScore;
        facts[at + FIRST_ROW] = itsFirstRow;
        sift(group, facts[at + POSITION]);
      }
      return;
    }
    remove(nodeClass);
    ensureGroup(group);
    int[] heap = heaps[group];
    int size = sizes[group]++;
    if (heap == null) {
      heap = new int[8];
      heaps[group] = heap;
    } else if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
      heaps[group] = heap;
    }
    facts[at + GROUP] = group;
    facts[at + POSITION] = size;
    facts[at + SCORE] = itsScore;
    facts[at + FIRST_ROW] = itsFirstRow;
    facts[at + NODES] = itsNodes;
    nodesOfGroup[group] += itsNodes;
    heap[size] = nodeClass;
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
      down(heaps[group], facts[nodeClass * WIDTH + POSITION], sizes[group]);
    }
  }

  /** Takes a class out of its group, if it is in one. */
  void remove(int nodeClass) {
    int group = groupOf(nodeClass);
    if (group == NONE) {
      return;
    }
    int at = nodeClass * WIDTH;
    facts[at + GROUP] = NONE;
    nodesOfGroup[group] -= facts[at + NODES];
    int[] heap = heaps[group];
    int last = --sizes[group];
    int hole = facts[at + POSITION];
    if (hole != last) {
      int moved = heap[last];
      heap[hole] = moved;
      facts[moved * WIDTH + POSITION] = hole;
      sift(group, hole);
    }
  }

  private boolean before(int a, int b) {
    int one = a * WIDTH;
    int other = b * WIDTH;
    return facts[one + SCORE] != facts[other + SCORE]
        ? facts[one + SCORE] > facts[other + SCORE]
        : facts[one + FIRST_ROW] < facts[other + FIRST_ROW];
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
      facts[heap[index] * WIDTH + POSITION] = index;
      index = parent;
    }
    heap[index] = nodeClass;
    facts[nodeClass * WIDTH + POSITION] = index;
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
      facts[heap[index] * WIDTH + POSITION] = index;
      index = child;
    }
    heap[index] = nodeClass;
    facts[nodeClass * WIDTH + POSITION] = index;
  }
}

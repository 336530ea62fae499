package io.towtank.scheduler.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are of which class, by small numbers that stand for rows: the rows themselves, or
 * their slots. The members of a class, if it has several, are a heap with the lowest row on top.
 */
final class ClassMembers {
  private final @Nullable RowSlots slots;

  // By member.
  private int[] position = new int[0];

  // By class; the heap is void where there is but one member.
  private int[] first = new int[16];
  private int[][] heaps = new int[16][];
  private int[] sizes = new int[16];
  private int[] placeInUse = new int[16];

  private int[] inUse = new int[16];
  private int used;

  /**
   * No members.
   *
   * @param slots whose slots the members are; null where they are rows
   */
  ClassMembers(@Nullable RowSlots slots) {
    this.slots = slots;
  }

  private int row(int member) {
    return slots == null ? member : slots.row(member);
  }

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
    return row(first[nodeClass]);
  }

  /** The row of a member; 0 is the first, those at 2 i + 1 and 2 i + 2 come after that at i. */
  int row(int nodeClass, int index) {
    return row(index == 0 ? first[nodeClass] : heaps[nodeClass][index]);
  }

  void clear() {
    used = 0;
    Arrays.fill(sizes, 0);
  }

  void add(int member, int nodeClass) {
    if (member >= position.length) {
      position = Arrays.copyOf(position, Math.max(member + 1, position.length * 2));
    }
    ensureClass(nodeClass);
    int size = sizes[nodeClass]++;
    if (size == 0) {
      placeInUse[nodeClass] = used;
      inUse[used++] = nodeClass;
      first[nodeClass] = member;
      position[member] = 0;
      return;
    }
    int[] heap = heaps[nodeClass];
    if (heap == null) {
      heap = new int[2];
      heaps[nodeClass] = heap;
    } else if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
      heaps[nodeClass] = heap;
    }
    heap[0] = first[nodeClass];
    heap[size] = member;
    up(heap, size);
    first[nodeClass] = heap[0];
  }

  void remove(int member, int nodeClass) {
    int last = --sizes[nodeClass];
    if (last == 0) {
      int moved = inUse[--used];
      inUse[placeInUse[nodeClass]] = moved;
      placeInUse[moved] = placeInUse[nodeClass];
      return;
    }
    int[] heap = heaps[nodeClass];
    int hole = position[member];
    if (hole != last) {
      heap[hole] = heap[last];
      position[heap[hole]] = hole;
      up(heap, hole);
      down(heap, hole, last);
    }
    first[nodeClass] = heap[0];
  }

  private void ensureClass(int nodeClass) {
    if (nodeClass >= sizes.length) {
      int capacity = Math.max(nodeClass + 1, sizes.length * 2);
      sizes = Arrays.copyOf(sizes, capacity);
      heaps = Arrays.copyOf(heaps, capacity);
      first = Arrays.copyOf(first, capacity);
      placeInUse = Arrays.copyOf(placeInUse, capacity);
      inUse = Arrays.copyOf(inUse, capacity);
    }
  }

  private void up(int[] heap, int start) {
    int index = start;
    int member = heap[index];
    int row = row(member);
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (row(heap[parent]) < row) {
        break;
      }
      heap[index] = heap[parent];
      position[heap[index]] = index;
      index = parent;
    }
    heap[index] = member;
    position[member] = index;
  }

  private void down(int[] heap, int start, int size) {
    int index = start;
    int member = heap[index];
    int row = row(member);
    while (true) {
      int child = 2 * index + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && row(heap[child + 1]) < row(heap[child])) {
        child++;
      }
      if (row < row(heap[child])) {
        break;
      }
      heap[index] = heap[child];
      position[heap[index]] = index;
      index = child;
    }
    heap[index] = member;
    position[member] = index;
  }
}

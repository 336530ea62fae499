package io.towtank.store;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;

/**
 * Lists of a table's slots, a slot in at most one of them. Adding and taking out take constant
 * time: the last of a list moves to where one was taken out. So the order within a list depends on
 * nothing but the changes so far.
 */
final class Postings {
  private static final int[] NONE = {};

  /** By slot: the list it is in, plus one; 0 for none. */
  private int[] listOf = NONE;

  /** By slot: where in its list it is. */
  private int[] positionOf = NONE;

  /** By list: its slots, and how many. */
  private int[][] slots = new int[0][];

  private int[] sizes = NONE;

  private final IntArrayList freeLists = new IntArrayList();
  private int lists;

  /** Begins an empty list. */
  int newList() {
    if (!freeLists.isEmpty()) {
      return freeLists.popInt();
    }
    if (lists == sizes.length) {
      int capacity = Math.max(8, lists + (lists >> 1));
      slots = Arrays.copyOf(slots, capacity);
      Arrays.fill(slots, lists, capacity, NONE);
      sizes = Arrays.copyOf(sizes, capacity);
    }
    return lists++;
  }

  /** Ends an empty list; its number is given to a later one. */
  void endList(int list) {
    slots[list] = NONE;
    freeLists.add(list);
  }

  void add(int slot, int list) {
    if (slot >= listOf.length) {
      int capacity = Math.max(16, Math.max(slot + 1, listOf.length + (listOf.length >> 1)));
      listOf = Arrays.copyOf(listOf, capacity);
      positionOf = Arrays.copyOf(positionOf, capacity);
    }
    int size = sizes[list];
    int[] members = slots[list];
    if (size == members.length) {
      // Small steps: with a node's ten pods as with a ReplicaSet's thousand, what is not used of
      // these lists is a good part of what an index costs.
      members = Arrays.copyOf(members, size < 4 ? 4 : size + (size >> 2) + 1);
      slots[list] = members;
    }
    members[size] = slot;
    sizes[list] = size + 1;
    listOf[slot] = list + 1;
    positionOf[slot] = size;
  }

  /** Takes a slot out of its list; the list, or -1 where it was in none. */
  int remove(int slot) {
    int list = listOf(slot);
    if (list < 0) {
      return -1;
    }
    int[] members = slots[list];
    int last = --sizes[list];
    int moved = members[last];
    int position = positionOf[slot];
    members[position] = moved;
    positionOf[moved] = position;
    listOf[slot] = 0;
    return list;
  }

  /** The list that a slot is in, -1 for none. */
  int listOf(int slot) {
    return slot < listOf.length ? listOf[slot] - 1 : -1;
  }

  int size(int list) {
    return sizes[list];
  }

  int slot(int list, int position) {
    return slots[list][position];
  }
}

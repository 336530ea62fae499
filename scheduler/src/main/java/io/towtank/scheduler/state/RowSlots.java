package io.towtank.scheduler.state;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.util.Arrays;

/**
 * Some of all rows, each with a slot: a small number that is the row's as long as it is among them,
 * and another's later.
 */
final class RowSlots {
  static final int NONE = -1;

  private final Int2IntOpenHashMap slotOf = new Int2IntOpenHashMap(2);
  // A slot's row; of a free slot, below NONE, the next one that is free.
  private int[] rowOf = new int[4];
  private int bound;
  private int free = NONE;

  RowSlots() {
    slotOf.defaultReturnValue(NONE);
  }

  /** How many rows there are. */
  int size() {
    return slotOf.size();
  }

  /** One more than the highest slot that is or was in use. */
  int bound() {
    return bound;
  }

  /** A row's slot, {@link #NONE} where it is not among them. */
  int slot(int row) {
    return slotOf.get(row);
  }

  /** A slot's row; below 0 where the slot is free. */
  int row(int slot) {
    return rowOf[slot];
  }

  /** Adds a row that is not there; returns its slot. */
  int add(int row) {
    int slot = free;
    if (slot == NONE) {
      slot = bound++;
      if (slot == rowOf.length) {
        rowOf = Arrays.copyOf(rowOf, slot * 2);
      }
    } else {
      free = NONE - 1 - rowOf[slot];
    }
    rowOf[slot] = row;
    slotOf.put(row, slot);
    return slot;
  }

  /** Removes a row that is there. */
  void remove(int row) {
    int slot = slotOf.remove(row);
    rowOf[slot] = NONE - 1 - free;
    free = slot;
  }

  void clear() {
    slotOf.clear();
    bound = 0;
    free = NONE;
  }
}

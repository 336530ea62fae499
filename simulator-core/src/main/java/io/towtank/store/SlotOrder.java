package io.towtank.store;

import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.ints.IntComparator;
import java.util.BitSet;

/**
 * A table's slots in order of their keys, brought up to date when somebody looks: what is new is
 * sorted and merged in, so that the pages of one long list cost one sorting.
 */
final class SlotOrder {
  private int[] sorted = {};
  private int size;

  /** Slots in the table that {@link #sorted} lacks. */
  private final BitSet fresh = new BitSet();

  /** Slots in {@link #sorted} whose objects are gone, though others may be in them by now. */
  private final BitSet stale = new BitSet();

  void added(int slot) {
    fresh.set(slot);
  }

  void removed(int slot) {
    if (fresh.get(slot)) {
      fresh.clear(slot);
    } else {
      stale.set(slot);
    }
  }

  /** The slots in order; only the first {@link #size} count. Valid until the table changes. */
  int[] slots(IntComparator byKey) {
    if (fresh.isEmpty() && stale.isEmpty()) {
      return sorted;
    }
    int[] added = fresh.stream().toArray();
    IntArrays.mergeSort(added, byKey);
    int[] merged = new int[size + added.length];
    int next = 0;
    int count = 0;
    for (int i = 0; i < size; i++) {
      int slot = sorted[i];
      if (stale.get(slot)) {
        continue;
      }
      while (next < added.length && byKey.compare(added[next], slot) < 0) {
        merged[count++] = added[next++];
      }
      merged[count++] = slot;
    }
    while (next < added.length) {
      merged[count++] = added[next++];
    }
    sorted = merged;
    size = count;
    fresh.clear();
    stale.clear();
    return sorted;
  }
}

package io.towtank.scheduler.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Some of all rows, in order: a list while there are few, a bit for each row when there are many.
 * Neither has more memory than eight bytes a row of the set, as long as the set does not shrink; so
 * all rows of a large cluster lie in a few kilobytes, which stay in the caches.
 */
final class RowSet {
  static final int NONE = -1;

  private static final int FEW = 64;

  private int size;
  private int first;
  private int[] list = new int[2];
  // Null while there are few.
  private long @Nullable [] bits;

  /** The lowest row, if there is any. */
  int first() {
    return first;
  }

  /** The lowest row from one on, {@link #NONE} where there is none. */
  int next(int from) {
    if (bits != null) {
      return nextBit(bits, from);
    }
    int at = place(from);
    return at < size ? list[at] : NONE;
  }

  private static int nextBit(long[] bits, int from) {
    int word = from >>> 6;
    if (word >= bits.length) {
      return NONE;
    }
    long left = bits[word] & (-1L << from);
    while (left == 0) {
      if (++word == bits.length) {
        return NONE;
      }
      left = bits[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(left);
  }

  /** Where a row is in the list, or would be. */
  private int place(int row) {
    if (size == 0 || list[size - 1] < row) {
      return size;
    }
    int at = Arrays.binarySearch(list, 0, size, row);
    return at < 0 ? -1 - at : at;
  }

  void clear() {
    size = 0;
    bits = null;
  }

  /** Adds a row that is not there. */
  void add(int row) {
    first = size == 0 ? row : Math.min(first, row);
    if (bits != null) {
      bits = set(bits, row);
      size++;
      return;
    }
    int at = place(row);
    if (size == list.length) {
      list = Arrays.copyOf(list, size * 2);
    }
    System.arraycopy(list, at, list, at + 1, size - at);
    list[at] = row;
    size++;
    if (size > FEW && size > list[size - 1] >>> 6) {
      long[] all = new long[(list[size - 1] >>> 6) + 1];
      for (int i = 0; i < size; i++) {
        all = set(all, list[i]);
      }
      bits = all;
      list = new int[2];
    }
  }

  private static long[] set(long[] bits, int row) {
    int word = row >>> 6;
    long[] all = word < bits.length ? bits : Arrays.copyOf(bits, Math.max(word + 1, word * 5 / 4));
    all[word] |= 1L << row;
    return all;
  }

  /** Removes a row that is there. */
  void remove(int row) {
    size--;
    if (bits == null) {
      int at = place(row);
      System.arraycopy(list, at + 1, list, at, size - at);
      first = list[0];
      return;
    }
    bits[row >>> 6] &= ~(1L << row);
    if (row == first) {
      first = nextBit(bits, row);
    }
    // Well below where a bit each begins to pay, lest a row that comes and goes cost all of it.
    if (size < Math.max(FEW, bits.length) / 4) {
      listAgain(bits);
    }
  }

  private void listAgain(long[] all) {
    list = new int[size];
    int row = first;
    for (int i = 0; i < size; i++) {
      list[i] = row;
      row = nextBit(all, row + 1);
    }
    bits = null;
  }
}

package io.towtank.scheduler.state;

import java.util.Arrays;

/**
 * Which rows changed, in order. Whoever keeps something by row reads on from where it was; the log
 * is bounded: who fell too far behind has to start anew.
 */
public final class ChangeLog {
  private static final int FIRST_CAPACITY = 1 << 4;
  private static final int FULL_CAPACITY = 1 << 12;

  private int[] rows = new int[FIRST_CAPACITY];
  private long end;

  /** The position after the last change. */
  public long end() {
    return end;
  }

  /** The earliest position from which can be read. */
  public long start() {
    return Math.max(0, end - rows.length);
  }

  /** The row of the change at a position from {@link #start} to below {@link #end}. */
  public int row(long position) {
    return rows[(int) (position & (rows.length - 1))];
  }

  void add(int row) {
    if (end == rows.length && rows.length < FULL_CAPACITY) {
      rows = Arrays.copyOf(rows, rows.length * 2);
    }
    rows[(int) (end & (rows.length - 1))] = row;
    end++;
  }

  /** Makes room for so many changes; who is behind starts anew. */
  void reserve(int changes) {
    if (changes > rows.length) {
      rows = new int[Math.max(FULL_CAPACITY, Integer.highestOneBit(changes) * 2)];
      // What was in the log is gone: the position jumps so that everyone notices.
      end += rows.length;
    }
  }
}

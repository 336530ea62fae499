package io.towtank.benchmarks.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A hierarchical timing wheel (Varghese and Lauck, 1987): eight wheels of 256 slots, each slot a
 * doubly linked list through the table of timers; a slot whose turn comes is cascaded to lower
 * wheels until the nanosecond is reached. Cancelling unlinks at once.
 */
final class TimingWheel implements TimerQueue {
  private static final int SLOTS = 256;
  private static final int LEVELS = 8;

  private final ActionTable table = new ActionTable();
  private long[] times = new long[64];
  private int[] next = new int[64];
  private int[] previous = new int[64];
  private int[] slots = new int[64];
  private final int[] first = new int[LEVELS * SLOTS];
  private final int[] last = new int[LEVELS * SLOTS];
  private final long[] occupied = new long[LEVELS * SLOTS / 64];
  private long now;

  TimingWheel() {
    Arrays.fill(first, -1);
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public long add(long time, Runnable action) {
    long handle = table.add(action);
    int place = ActionTable.place(handle);
    if (place >= times.length) {
      int length = table.capacity();
      times = Arrays.copyOf(times, length);
      next = Arrays.copyOf(next, length);
      previous = Arrays.copyOf(previous, length);
      slots = Arrays.copyOf(slots, length);
    }
    times[place] = time;
    link(place, time);
    return handle;
  }

  private void link(int place, long time) {
    int level = (63 - Long.numberOfLeadingZeros((time ^ now) | 1)) >> 3;
    int slot = level * SLOTS + ((int) (time >>> (level * 8)) & (SLOTS - 1));
    slots[place] = slot;
    next[place] = -1;
    if (first[slot] < 0) {
      first[slot] = place;
      previous[place] = -1;
      occupied[slot >> 6] |= 1L << slot;
    } else {
      next[last[slot]] = place;
      previous[place] = last[slot];
    }
    last[slot] = place;
  }

  @Override
  public boolean cancel(long timer) {
    if (!table.cancel(timer)) {
      return false;
    }
    int place = ActionTable.place(timer);
    unlink(place);
    table.release(place);
    return true;
  }

  private void unlink(int place) {
    int slot = slots[place];
    if (previous[place] < 0) {
      first[slot] = next[place];
    } else {
      next[previous[place]] = next[place];
    }
    if (next[place] < 0) {
      last[slot] = previous[place];
    } else {
      previous[next[place]] = previous[place];
    }
    if (first[slot] < 0) {
      occupied[slot >> 6] &= ~(1L << slot);
    }
  }

  @Override
  public @Nullable Runnable poll() {
    int word = 0;
    while (word < occupied.length) {
      if (occupied[word] == 0) {
        word++;
        continue;
      }
      int slot = (word << 6) + Long.numberOfTrailingZeros(occupied[word]);
      int place = first[slot];
      if (slot < SLOTS) {
        now = times[place];
        unlink(place);
        return table.release(place);
      }
      first[slot] = -1;
      occupied[word] &= ~(1L << slot);
      int shift = (slot / SLOTS) * 8;
      now = times[place] & (-1L << shift);
      while (place >= 0) {
        int following = next[place];
        link(place, times[place]);
        place = following;
      }
      word = 0;
    }
    return null;
  }
}

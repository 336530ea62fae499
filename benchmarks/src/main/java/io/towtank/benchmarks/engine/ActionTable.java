package io.towtank.benchmarks.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Actions by place. A handle is a sequence number above the place, so that it is in order of adding
 * and names its action even after the place was given to another.
 */
final class ActionTable {
  static final int PLACE_BITS = 26;
  private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;

  private @Nullable Runnable[] actions = new @Nullable Runnable[64];
  private long[] handles = new long[64];
  private int[] free = new int[64];
  private int freeCount;
  private int used;
  private long sequence;
  private int dead;

  static int place(long handle) {
    return (int) handle & PLACE_MASK;
  }

  long add(Runnable action) {
    int place = freeCount > 0 ? free[--freeCount] : used++;
    if (place == actions.length) {
      actions = Arrays.copyOf(actions, place * 2);
      handles = Arrays.copyOf(handles, place * 2);
      free = Arrays.copyOf(free, place * 2);
    }
    actions[place] = action;
    long handle = (++sequence << PLACE_BITS) | place;
    handles[place] = handle;
    return handle;
  }

  /** Lets the action go; its place is used again once it is released. */
  boolean cancel(long handle) {
    int place = place(handle);
    if (place >= used || handles[place] != handle || actions[place] == null) {
      return false;
    }
    actions[place] = null;
    dead++;
    return true;
  }

  /** Takes the action and frees its place; null where it was cancelled. */
  @Nullable Runnable release(int place) {
    Runnable action = actions[place];
    if (action == null) {
      dead--;
    }
    actions[place] = null;
    free[freeCount++] = place;
    return action;
  }

  boolean isDead(int place) {
    return actions[place] == null;
  }

  /** Whether it is time to sweep those out that were cancelled. */
  boolean mostlyDead() {
    return dead >= 4096 && dead > (used - freeCount) / 2;
  }

  int capacity() {
    return actions.length;
  }
}

package io.towtank.benchmarks.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An implicit heap with 2 or more children a node, on primitive arrays; cancels lazily. */
final class DaryHeap implements TimerQueue {
  private final ActionTable table = new ActionTable();
  private final int arityBits;
  private long[] times = new long[64];
  private long[] handles = new long[64];
  private int size;
  private long now;

  /**
   * @param arityBits 1 for two children a node, 2 for four
   */
  DaryHeap(int arityBits) {
    this.arityBits = arityBits;
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public long add(long time, Runnable action) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      handles = Arrays.copyOf(handles, size * 2);
    }
    long handle = table.add(action);
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >> arityBits;
      // A new one comes after all of the same time: no need to compare handles.
      if (times[parent] <= time) {
        break;
      }
      times[at] = times[parent];
      handles[at] = handles[parent];
      at = parent;
    }
    times[at] = time;
    handles[at] = handle;
    return handle;
  }

  @Override
  public boolean cancel(long timer) {
    if (!table.cancel(timer)) {
      return false;
    }
    if (table.mostlyDead()) {
      sweep();
    }
    return true;
  }

  @Override
  public @Nullable Runnable poll() {
    while (size > 0) {
      long time = times[0];
      int place = ActionTable.place(handles[0]);
      size--;
      sink(0, times[size], handles[size]);
      Runnable action = table.release(place);
      if (action != null) {
        now = time;
        return action;
      }
    }
    return null;
  }

  private void sink(int from, long time, long handle) {
    int at = from;
    while (true) {
      int first = (at << arityBits) + 1;
      if (first >= size) {
        break;
      }
      int end = Math.min(first + (1 << arityBits), size);
      int least = first;
      for (int child = first + 1; child < end; child++) {
        if (before(times[child], handles[child], times[least], handles[least])) {
          least = child;
        }
      }
      if (before(time, handle, times[least], handles[least])) {
        break;
      }
      times[at] = times[least];
      handles[at] = handles[least];
      at = least;
    }
    times[at] = time;
    handles[at] = handle;
  }

  private static boolean before(long time, long handle, long otherTime, long otherHandle) {
    return time < otherTime || (time == otherTime && handle < otherHandle);
  }

  private void sweep() {
    int to = 0;
    for (int i = 0; i < size; i++) {
      int place = ActionTable.place(handles[i]);
      if (table.isDead(place)) {
        table.release(place);
      } else {
        times[to] = times[i];
        handles[to++] = handles[i];
      }
    }
    size = to;
    for (int i = (size - 2) >> arityBits; i >= 0; i--) {
      sink(i, times[i], handles[i]);
    }
  }
}

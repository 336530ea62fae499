package io.towtank.time;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** What is to happen, ordered by time and, at equal times, by the order of scheduling. */
final class EventQueue {
  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private final Map<Long, Entry> pending = new HashMap<>();
  private long sequence;
  private int foreground;

  private record Entry(long nanos, long sequence, boolean background, Runnable action)
      implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int order = Long.compare(nanos, other.nanos);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
  }

  /** Adds an action; the result names it for {@link #cancel}. */
  long add(long nanos, boolean background, Runnable action) {
    Entry entry = new Entry(nanos, ++sequence, background, action);
    entries.add(entry);
    pending.put(sequence, entry);
    foreground += background ? 0 : 1;
    return sequence;
  }

  /** Takes an action out; false where it has run or was cancelled before. */
  boolean cancel(long timer) {
    Entry entry = pending.remove(timer);
    if (entry == null) {
      return false;
    }
    foreground -= entry.background() ? 0 : 1;
    return true;
  }

  /** How many actions are pending that are not in the background. */
  int foreground() {
    return foreground;
  }

  /** When the next action is due; Long.MAX_VALUE where there is none. */
  long nextNanos() {
    while (!entries.isEmpty() && !pending.containsKey(entries.peek().sequence())) {
      entries.remove();
    }
    return entries.isEmpty() ? Long.MAX_VALUE : entries.peek().nanos();
  }

  /** Takes the next action; only after {@link #nextNanos} has told that there is one. */
  Runnable poll() {
    Entry entry = entries.remove();
    pending.remove(entry.sequence());
    foreground -= entry.background() ? 0 : 1;
    return entry.action();
  }
}

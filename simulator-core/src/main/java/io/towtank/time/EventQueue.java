package io.towtank.time;

import java.util.PriorityQueue;

/** What is to happen, ordered by time and, at equal times, by the order of scheduling. */
final class EventQueue {
  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private final java.util.HashSet<Long> pending = new java.util.HashSet<>();
  private long sequence;

  private record Entry(long nanos, long sequence, Runnable action) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int order = Long.compare(nanos, other.nanos);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
  }

  /** Adds an action; the result names it for {@link #cancel}. */
  long add(long nanos, Runnable action) {
    entries.add(new Entry(nanos, ++sequence, action));
    pending.add(sequence);
    return sequence;
  }

  /** Takes an action out; false where it has run or was cancelled before. */
  boolean cancel(long timer) {
    return pending.remove(timer);
  }

  /** When the next action is due; Long.MAX_VALUE where there is none. */
  long nextNanos() {
    while (!entries.isEmpty() && !pending.contains(entries.peek().sequence())) {
      entries.remove();
    }
    return entries.isEmpty() ? Long.MAX_VALUE : entries.peek().nanos();
  }

  /** Takes the next action; only after {@link #nextNanos} has told that there is one. */
  Runnable poll() {
    Entry entry = entries.remove();
    pending.remove(entry.sequence());
    return entry.action();
  }
}

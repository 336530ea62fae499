package io.towtank.store;

import io.towtank.api.KubeObject;
import java.util.BitSet;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The latest changes of a kind, numbered from 0, in a ring that all its watches share: what a watch
 * has still to tell is but a number.
 *
 * <p>Like the API server's watch cache it keeps a window of changes that doubles while it does not
 * cover 75 seconds, up to 102,400 changes, and halves when a quarter of it does, down to 100
 * (apiserver: storage/cacher/watch_cache.go). Who asks for more gets Expired. Beyond the window it
 * keeps what watches that are under way have still to tell.
 */
final class History<T extends KubeObject> {
  private static final int SMALLEST = 128;

  private final HistoryWindow bounds;

  /** The number of the first change that a watch under way has still to tell. */
  private final LongSupplier needed;

  private @Nullable Object[] previous = new @Nullable Object[SMALLEST];
  private @Nullable Object[] current = new @Nullable Object[SMALLEST];
  private long[] nanos = new long[SMALLEST];
  private BitSet deletions = new BitSet(SMALLEST);

  /** The first change that is in the ring, and the one after the last. */
  private long first;

  private long next;

  /** How many changes are offered to new watches, and the first that is after a compaction. */
  private int window;

  private long compacted;

  /** The revision of the last change that left the ring. */
  private long leftRevision;

  History(HistoryWindow bounds, LongSupplier needed) {
    this.bounds = bounds;
    this.needed = needed;
    this.window = bounds.minChanges();
  }

  /**
   * Adds a change.
   *
   * @param previous null where the object was created
   * @param current as written; where it was deleted, as it last was, with the deletion's revision
   * @param nanos virtual time
   */
  void append(@Nullable T previous, T current, boolean deletion, long nanos) {
    if (next - first == this.current.length) {
      makeRoom();
    }
    int cell = cell(next);
    this.previous[cell] = previous;
    this.current[cell] = current;
    this.nanos[cell] = nanos;
    deletions.set(cell, deletion);
    next++;
    adapt(nanos);
  }

  /** The number of the next change to come. */
  long next() {
    return next;
  }

  /** The first change that is there. */
  long first() {
    return first;
  }

  /** The first change that is offered to who asks for what was. */
  long offered() {
    return Math.max(first, Math.max(compacted, next - window));
  }

  /** The oldest revision from which on all changes are offered. */
  long oldestRevision() {
    long offered = offered();
    return offered > first ? current(offered - 1).resourceVersion() : leftRevision;
  }

  /** Offers no change any more that has happened so far. */
  void compact() {
    compacted = next;
  }

  /** The first change that is in the ring after a revision. */
  long after(long revision) {
    long low = first;
    long high = next;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (current(middle).resourceVersion() <= revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @SuppressWarnings("unchecked") // Only append writes.
  @Nullable T previous(long number) {
    return (T) previous[cell(number)];
  }

  @SuppressWarnings("unchecked") // Only append writes.
  T current(long number) {
    return (T) Objects.requireNonNull(current[cell(number)]);
  }

  boolean isDeletion(long number) {
    return deletions.get(cell(number));
  }

  /** When it was written, in virtual nanoseconds. */
  long nanos(long number) {
    return nanos[cell(number)];
  }

  private int cell(long number) {
    return (int) number & (current.length - 1);
  }

  private void adapt(long now) {
    if (next - Math.max(first, compacted) < window) {
      return;
    }
    if (now - nanos(next - window) < bounds.freshNanos()) {
      window = Math.min(window * 2, bounds.maxChanges());
    } else if (now - nanos(next - window / 4) > bounds.freshNanos()) {
      window = Math.max(window / 2, bounds.minChanges());
    }
  }

  private void makeRoom() {
    long keep = Math.max(first, Math.min(offered(), needed.getAsLong()));
    if (keep > first) {
      leftRevision = current(keep - 1).resourceVersion();
    }
    for (long number = first; number < keep; number++) {
      previous[cell(number)] = null;
      current[cell(number)] = null;
    }
    first = keep;
    int length = current.length;
    int held = (int) (next - first);
    if (held > length / 4 * 3) {
      resize(length * 2);
    } else if (held < length / 8 && length > SMALLEST) {
      resize(length / 2);
    }
  }

  private void resize(int length) {
    Object[] oldPrevious = previous;
    Object[] oldCurrent = current;
    long[] oldNanos = nanos;
    BitSet oldDeletions = deletions;
    int oldMask = oldCurrent.length - 1;
    previous = new @Nullable Object[length];
    current = new @Nullable Object[length];
    nanos = new long[length];
    deletions = new BitSet(length);
    for (long number = first; number < next; number++) {
      int from = (int) number & oldMask;
      int to = cell(number);
      previous[to] = oldPrevious[from];
      current[to] = oldCurrent[from];
      nanos[to] = oldNanos[from];
      deletions.set(to, oldDeletions.get(from));
    }
  }

  @Override
  public String toString() {
    return "changes " + first + " to " + (next - 1) + ", window " + window;
  }
}

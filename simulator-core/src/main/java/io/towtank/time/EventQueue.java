package io.towtank.time;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen, ordered by time and, at equal times, by the order of adding; and the clock,
 * since the order of the buckets depends on it.
 *
 * <p>It stands between a hierarchical timing wheel (Varghese and Lauck, 1987) and a ladder queue
 * (Tang, Goh and Thng, 2005). As in a wheel, a time is written in digits of {@value #DIGIT_BITS}
 * bits, and an event waits in the bucket of its highest digit that differs from the cursor's; so it
 * is appended to a bucket in constant time, whatever the distribution of times. As in a ladder, a
 * bucket whose turn comes is not cascaded down to the single nanosecond: once it is small it is
 * sorted as a whole (the near list), else it is dealt to the buckets of a lower digit. All of this
 * moves along memory in order, where a heap jumps; benchmarks/README.md has the figures.
 *
 * <pre>
 *   add ──┬─ at this very time ──────────────► lane (first in, first out) ─────────┐
 *         ├─ up to nearLast ─────────────────► near list (sorted, short) ─────────┤► poll
 *         └─ later ──► bucket (level, digit) ─► when its turn comes: sorted ──────┘
 *                                           └─► or dealt to lower levels
 * </pre>
 *
 * <p>What holds between calls:
 *
 * <ul>
 *   <li>cursor ≤ now ≤ every event's time; a call with an earlier time is refused.
 *   <li>Every event in a bucket is later than nearLast, every event of the near list is not.
 *   <li>Buckets of a lower level are earlier than those of a higher one; within a level they are
 *       ordered by digit, and within a bucket events of equal time are in the order of adding. Both
 *       survive dealing and sorting, so that no sequence number is stored.
 *   <li>Events of the lane are due now and were added after those of the near list that are, too.
 * </ul>
 *
 * <p>A cancelled action is let go at once. Its entry (12 bytes) remains until its bucket's turn
 * comes, or until dead entries outnumber live ones: then all are swept, so that a cancellation
 * costs constant time on average and memory is bounded by what is pending.
 */
final class EventQueue {
  /** The time of what never happens: accepted, can be cancelled, is never polled. */
  static final long NEVER = Long.MAX_VALUE;

  // A timer's handle: a sequence number of 37 bits, whether it is in the background, and its place
  // in the table of actions. The lower two are what an entry has, too. A handle that is held until
  // 2^37 later timers have been added could be mistaken for one that then has the same place.
  private static final int PLACE_BITS = 26;
  private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;
  private static final int BACKGROUND = 1 << PLACE_BITS;
  private static final int SEQUENCE_SHIFT = PLACE_BITS + 1;

  private static final int DIGIT_BITS = 6;
  private static final int DIGITS = 1 << DIGIT_BITS;
  private static final int LEVELS = 63 / DIGIT_BITS + 1;
  private static final int NEVER_BUCKET = LEVELS * DIGITS;

  // Buckets are chains of chunks of this many entries. One of a single chunk is sorted, not dealt.
  private static final int CHUNK_BITS = 9;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int CHUNK_MASK = CHUNK - 1;

  // A near list is dealt to buckets once it has had so many insertions, unless it is short, and
  // where one is asked for while it is longer than a chunk.
  private static final int SPILL_AFTER = 32;
  private static final int SPILL_FROM = 64;

  // Up to so many are sorted by insertion.
  private static final int INSERTION_SORT = 16;

  // Fewer dead entries than this are not worth a sweep.
  private static final int SWEEP_FROM = 4096;

  private static final Cancelled CANCELLED = new Cancelled();

  // The table of actions: null where the place is free, CANCELLED where its entry is dead.
  private @Nullable Runnable[] actions = new @Nullable Runnable[64];
  private long[] handles = new long[64];
  private int[] freePlaces = new int[64];
  private int freeCount;
  private int placesUsed;
  private long sequence;
  private int foreground;
  private int dead;

  // Chunks: entries in parallel arrays, chained by index; -1 ends a chain.
  private long[] times = new long[16 * CHUNK];
  private int[] entries = new int[16 * CHUNK];
  private int[] nextChunk = new int[16];
  private int chunksUsed;
  private int freeChunk = -1;

  // Buckets, by level and digit: first chunk (-1: none) and where the next entry goes (at a chunk's
  // end: a multiple of CHUNK), with a set of digits for each level, and of levels, that have any.
  private final int[] firstChunk = new int[NEVER_BUCKET + 1];
  private final int[] end = new int[NEVER_BUCKET + 1];
  private final long[] occupied = new long[LEVELS];
  private int occupiedLevels;

  private long[] nearTimes = new long[CHUNK * 2];
  private int[] nearEntries = new int[CHUNK * 2];
  private final long[] sortKeys = new long[CHUNK];
  private int nearFrom;
  private int nearTo;
  private int nearInsertions;
  private long nearLast;

  private int[] lane = new int[64];
  private int laneFrom;
  private int laneSize;

  private long cursor;
  private long now;

  /**
   * What stands where an action was. It is told by its class, not by identity: that takes a look at
   * the action, and a look at many in a row (as before sorting) fetches them from memory at the
   * same time, so that they are at hand when they run. At a million pending timers that is a fifth
   * of all.
   */
  private static final class Cancelled implements Runnable {
    @Override
    public void run() {}
  }

  EventQueue() {
    Arrays.fill(firstChunk, -1);
  }

  /** The time of the last event, or up to which there was none. */
  long now() {
    return now;
  }

  /** How many actions are pending that are not in the background. */
  int foreground() {
    return foreground;
  }

  /** How many entries the table of actions has come to: live, dead and free ones. */
  int places() {
    return placesUsed;
  }

  /**
   * Adds an action.
   *
   * @param time not before {@link #now}; {@link #NEVER} for what is only there to be cancelled,
   *     which is to be in the background
   * @return names it for {@link #cancel}; never 0
   */
  long add(long time, boolean background, Runnable action) {
    int place = freeCount > 0 ? freePlaces[--freeCount] : newPlace();
    actions[place] = action;
    int entry = place;
    if (background) {
      entry |= BACKGROUND;
    } else {
      foreground++;
    }
    if ((++sequence << SEQUENCE_SHIFT) == 0) {
      sequence++;
    }
    long handle = (sequence << SEQUENCE_SHIFT) | entry;
    handles[place] = handle;
    if (time == now) {
      addToLane(entry);
    } else if (time > nearLast) {
      addToBucket(time, entry);
    } else {
      addNear(time, entry);
    }
    return handle;
  }

  /** Takes an action out; false where it has run or was cancelled before. */
  boolean cancel(long handle) {
    int place = (int) handle & PLACE_MASK;
    if (place >= placesUsed || handles[place] != handle) {
      return false;
    }
    Runnable action = actions[place];
    if (action == null || action instanceof Cancelled) {
      return false;
    }
    actions[place] = CANCELLED;
    if ((handle & BACKGROUND) == 0) {
      foreground--;
    }
    if (++dead >= SWEEP_FROM && dead > (placesUsed - freeCount) >> 1) {
      sweep();
    }
    return true;
  }

  /**
   * Takes the next action that is due up to a time, and sets the clock to when it is due. Where
   * there is none it answers null, with the clock at that time; at {@link #NEVER} the clock stays.
   */
  @Nullable Runnable poll(long until) {
    if (now > until) {
      return null;
    }
    while (true) {
      int entry;
      long due = now;
      if (nearFrom < nearTo && (laneSize == 0 || nearTimes[nearFrom] == now)) {
        due = nearTimes[nearFrom];
        if (due > until) {
          now = until;
          return null;
        }
        entry = nearEntries[nearFrom++];
      } else if (laneSize != 0) {
        entry = takeFromLane();
      } else if (fillNear(until)) {
        continue;
      } else {
        if (until != NEVER) {
          now = until;
        } else {
          // There is nothing left: only cancelled events can have moved the cursor.
          cursor = now;
          nearLast = now;
        }
        return null;
      }
      int place = entry & PLACE_MASK;
      Runnable action = actions[place];
      if (action instanceof Cancelled) {
        bury(entry);
        continue;
      }
      now = due;
      freePlaces[freeCount++] = place;
      actions[place] = null;
      if ((entry & BACKGROUND) == 0) {
        foreground--;
      }
      return action;
    }
  }

  private int newPlace() {
    int place = placesUsed;
    if (place == actions.length) {
      if (place > PLACE_MASK) {
        throw new IllegalStateException("more than " + place + " timers are pending");
      }
      int length = place * 2;
      actions = Arrays.copyOf(actions, length);
      handles = Arrays.copyOf(handles, length);
      freePlaces = Arrays.copyOf(freePlaces, length);
    }
    placesUsed++;
    return place;
  }

  private boolean isDead(int entry) {
    return actions[entry & PLACE_MASK] instanceof Cancelled;
  }

  private void bury(int entry) {
    int place = entry & PLACE_MASK;
    actions[place] = null;
    freePlaces[freeCount++] = place;
    dead--;
  }

  // ---- the lane: a ring of entries that are due now

  private void addToLane(int entry) {
    if (laneSize == lane.length) {
      int[] longer = new int[lane.length * 2];
      int toEnd = lane.length - laneFrom;
      System.arraycopy(lane, laneFrom, longer, 0, toEnd);
      System.arraycopy(lane, 0, longer, toEnd, laneFrom);
      lane = longer;
      laneFrom = 0;
    }
    lane[(laneFrom + laneSize++) & (lane.length - 1)] = entry;
  }

  private int takeFromLane() {
    int entry = lane[laneFrom];
    laneFrom = (laneFrom + 1) & (lane.length - 1);
    laneSize--;
    return entry;
  }

  // ---- the near list: what is due up to nearLast, sorted

  private void addNear(long time, int entry) {
    if (nearFrom == nearTo) {
      nearFrom = 0;
      nearTo = 0;
    } else if (time < nearTimes[nearTo - 1]) {
      int length = nearTo - nearFrom;
      if (length > CHUNK || (length >= SPILL_FROM && nearInsertions >= SPILL_AFTER)) {
        spill();
        addToBucket(time, entry);
      } else {
        insertNear(time, entry);
      }
      return;
    }
    if (nearTo == nearTimes.length) {
      makeRoomNear();
    }
    nearTimes[nearTo] = time;
    nearEntries[nearTo++] = entry;
  }

  /** Inserts before the last; moves the part before or behind, whichever is shorter. */
  private void insertNear(long time, int entry) {
    int low = nearFrom;
    int high = nearTo - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (nearTimes[middle] <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int at;
    if (nearFrom > 0 && low - nearFrom < nearTo - low) {
      int length = low - nearFrom;
      System.arraycopy(nearTimes, nearFrom, nearTimes, nearFrom - 1, length);
      System.arraycopy(nearEntries, nearFrom, nearEntries, nearFrom - 1, length);
      nearFrom--;
      at = low - 1;
    } else {
      if (nearTo == nearTimes.length) {
        low -= nearFrom;
        makeRoomNear();
        low += nearFrom;
      }
      System.arraycopy(nearTimes, low, nearTimes, low + 1, nearTo - low);
      System.arraycopy(nearEntries, low, nearEntries, low + 1, nearTo - low);
      nearTo++;
      at = low;
    }
    nearTimes[at] = time;
    nearEntries[at] = entry;
    nearInsertions++;
  }

  private void makeRoomNear() {
    int length = nearTo - nearFrom;
    if (length > nearTimes.length / 2) {
      nearTimes = Arrays.copyOfRange(nearTimes, nearFrom, nearFrom + nearTimes.length * 2);
      nearEntries = Arrays.copyOfRange(nearEntries, nearFrom, nearFrom + nearEntries.length * 2);
    } else {
      System.arraycopy(nearTimes, nearFrom, nearTimes, 0, length);
      System.arraycopy(nearEntries, nearFrom, nearEntries, 0, length);
    }
    nearFrom = 0;
    nearTo = length;
  }

  /** Deals the near list to buckets, but for what is due now. */
  private void spill() {
    int from = nearFrom;
    while (from < nearTo && nearTimes[from] == now) {
      from++;
    }
    cursor = now;
    nearLast = now;
    for (int i = from; i < nearTo; i++) {
      int entry = nearEntries[i];
      if (isDead(entry)) {
        bury(entry);
      } else {
        addToBucket(nearTimes[i], entry);
      }
    }
    nearTo = from;
  }

  // ---- buckets

  private void addToBucket(long time, int entry) {
    if (time == NEVER) {
      append(NEVER_BUCKET, time, entry);
    } else {
      int level = level(time ^ cursor);
      append(level * DIGITS + digit(time, level), time, entry);
    }
  }

  private static int level(long difference) {
    return (63 - Long.numberOfLeadingZeros(difference | 1)) / DIGIT_BITS;
  }

  private static int digit(long time, int level) {
    return (int) (time >>> (level * DIGIT_BITS)) & (DIGITS - 1);
  }

  private void append(int bucket, long time, int entry) {
    int at = end[bucket];
    if ((at & CHUNK_MASK) == 0) {
      at = extend(bucket, at);
    }
    times[at] = time;
    entries[at] = entry;
    end[bucket] = at + 1;
  }

  private int extend(int bucket, int at) {
    int chunk = freeChunk;
    if (chunk >= 0) {
      freeChunk = nextChunk[chunk];
    } else {
      chunk = newChunk();
    }
    nextChunk[chunk] = -1;
    if (firstChunk[bucket] >= 0) {
      nextChunk[(at - 1) >> CHUNK_BITS] = chunk;
    } else {
      firstChunk[bucket] = chunk;
      if (bucket != NEVER_BUCKET) {
        int level = bucket / DIGITS;
        occupied[level] |= 1L << bucket;
        occupiedLevels |= 1 << level;
      }
    }
    return chunk << CHUNK_BITS;
  }

  private int newChunk() {
    int chunk = chunksUsed++;
    if (chunk == nextChunk.length) {
      int length = chunk * 2;
      nextChunk = Arrays.copyOf(nextChunk, length);
      times = Arrays.copyOf(times, length << CHUNK_BITS);
      entries = Arrays.copyOf(entries, length << CHUNK_BITS);
    }
    return chunk;
  }

  private void free(int chunk) {
    nextChunk[chunk] = freeChunk;
    freeChunk = chunk;
  }

  /** Empties a bucket of what is in its chain, which the caller goes on to read and free. */
  private void detach(int bucket) {
    firstChunk[bucket] = -1;
    end[bucket] = 0;
    if (bucket != NEVER_BUCKET) {
      int level = bucket / DIGITS;
      occupied[level] &= ~(1L << bucket);
      if (occupied[level] == 0) {
        occupiedLevels &= ~(1 << level);
      }
    }
  }

  /**
   * Fills the empty near list from the first bucket that has something, dealing buckets as needed;
   * false where nothing is due up to a time. The lane is empty. The cursor moves up to that time at
   * most, to which the caller then sets the clock.
   */
  private boolean fillNear(long until) {
    nearFrom = 0;
    nearTo = 0;
    nearInsertions = 0;
    while (occupiedLevels != 0) {
      int level = Integer.numberOfTrailingZeros(occupiedLevels);
      int digit = Long.numberOfTrailingZeros(occupied[level]);
      int shift = level * DIGIT_BITS;
      long start = (cursor & (-1L << shift << DIGIT_BITS)) | ((long) digit << shift);
      if (start > until) {
        return false;
      }
      // Whatever falls into this bucket's time from now on belongs to the near list.
      long last = Math.min(start + (1L << shift) - 1, NEVER - 1);
      int bucket = level * DIGITS + digit;
      int chunk = firstChunk[bucket];
      int stop = end[bucket];
      detach(bucket);
      if (nextChunk[chunk] < 0) {
        cursor = start;
        nearLast = last;
        sortNear(chunk, stop - (chunk << CHUNK_BITS), start, shift);
        free(chunk);
      } else {
        long first = times[chunk << CHUNK_BITS];
        long difference = difference(chunk, stop, first);
        if (difference == 0) {
          cursor = start;
          nearLast = last;
          copyNear(chunk, stop);
        } else {
          // Where all times share their next digits, these levels are skipped.
          long shared = first & (-1L << (level(difference) * DIGIT_BITS) << DIGIT_BITS);
          cursor = shared <= until ? shared : start;
          nearLast = cursor - 1;
          deal(chunk, stop);
          continue;
        }
      }
      if (nearTo > 0) {
        return true;
      }
    }
    return false;
  }

  private long difference(int chunk, int stop, long first) {
    long difference = 0;
    for (int c = chunk; c >= 0; c = nextChunk[c]) {
      int to = chunkEnd(c, stop);
      for (int i = c << CHUNK_BITS; i < to; i++) {
        difference |= times[i] ^ first;
      }
    }
    return difference;
  }

  private int chunkEnd(int chunk, int stop) {
    return nextChunk[chunk] < 0 ? stop : (chunk + 1) << CHUNK_BITS;
  }

  private void deal(int chunk, int stop) {
    for (int c = chunk; c >= 0; ) {
      int to = chunkEnd(c, stop);
      for (int i = c << CHUNK_BITS; i < to; i++) {
        addToBucket(times[i], entries[i]);
      }
      int next = nextChunk[c];
      free(c);
      c = next;
    }
  }

  /**
   * Moves one chunk to the near list, without what is dead, in a stable order.
   *
   * @param start of the bucket's time, which is {@code 1 << shift} nanoseconds long
   */
  private void sortNear(int chunk, int count, long start, int shift) {
    int from = chunk << CHUNK_BITS;
    if (count <= INSERTION_SORT || shift > 63 - CHUNK_BITS) {
      insertionSortNear(from, count);
      return;
    }
    // A key has the place in the chunk below the time: it keeps equal times in order and brings the
    // entry along. Longs are what the JDK sorts fastest, by vector instructions where there are
    // any.
    int to = 0;
    for (int i = 0; i < count; i++) {
      int entry = entries[from + i];
      if (isDead(entry)) {
        bury(entry);
      } else {
        sortKeys[to++] = ((times[from + i] - start) << CHUNK_BITS) | i;
      }
    }
    Arrays.sort(sortKeys, 0, to);
    for (int i = 0; i < to; i++) {
      long key = sortKeys[i];
      nearTimes[i] = (key >>> CHUNK_BITS) + start;
      nearEntries[i] = entries[from + ((int) key & CHUNK_MASK)];
    }
    nearTo = to;
  }

  private void insertionSortNear(int from, int count) {
    int to = 0;
    for (int i = from; i < from + count; i++) {
      int entry = entries[i];
      if (isDead(entry)) {
        bury(entry);
        continue;
      }
      long time = times[i];
      int at = to++;
      while (at > 0 && nearTimes[at - 1] > time) {
        nearTimes[at] = nearTimes[at - 1];
        nearEntries[at] = nearEntries[at - 1];
        at--;
      }
      nearTimes[at] = time;
      nearEntries[at] = entry;
    }
    nearTo = to;
  }

  /** Moves a chain of equal times to the near list, without what is dead. */
  private void copyNear(int chunk, int stop) {
    for (int c = chunk; c >= 0; ) {
      int to = chunkEnd(c, stop);
      for (int i = c << CHUNK_BITS; i < to; i++) {
        int entry = entries[i];
        if (isDead(entry)) {
          bury(entry);
          continue;
        }
        if (nearTo == nearTimes.length) {
          makeRoomNear();
        }
        nearTimes[nearTo] = times[i];
        nearEntries[nearTo++] = entry;
      }
      int next = nextChunk[c];
      free(c);
      c = next;
    }
  }

  // ---- dead entries

  private void sweep() {
    for (int bucket = 0; bucket <= NEVER_BUCKET; bucket++) {
      if (firstChunk[bucket] >= 0) {
        sweep(bucket);
      }
    }
    int to = nearFrom;
    for (int i = nearFrom; i < nearTo; i++) {
      if (isDead(nearEntries[i])) {
        bury(nearEntries[i]);
      } else {
        nearTimes[to] = nearTimes[i];
        nearEntries[to++] = nearEntries[i];
      }
    }
    nearTo = to;
    for (int i = laneSize; i > 0; i--) {
      int entry = takeFromLane();
      if (isDead(entry)) {
        bury(entry);
      } else {
        addToLane(entry);
      }
    }
  }

  private void sweep(int bucket) {
    int chunk = firstChunk[bucket];
    int stop = end[bucket];
    detach(bucket);
    for (int c = chunk; c >= 0; ) {
      int to = chunkEnd(c, stop);
      for (int i = c << CHUNK_BITS; i < to; i++) {
        int entry = entries[i];
        if (isDead(entry)) {
          bury(entry);
        } else {
          append(bucket, times[i], entry);
        }
      }
      int next = nextChunk[c];
      free(c);
      c = next;
    }
  }
}

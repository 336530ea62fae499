package io.towtank.benchmarks.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A ladder queue (Tang, Goh and Thng, 2005): what is far away lies unsorted in the top; when all
 * else is used up, the top is dealt into a rung of as many buckets as it has events, a bucket with
 * too many into a rung of its own, and one with few is sorted into the bottom. Widths are powers of
 * two, so that dealing needs no division. Cancels lazily.
 */
final class LadderQueue implements TimerQueue {
  private static final int THRESHOLD = 64;
  private static final int MAX_BUCKETS = 1 << 20;

  /** Events in order of adding. */
  private static final class Bucket {
    private long[] times = new long[8];
    private int[] places = new int[8];
    private int size;

    void add(long time, int place) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
        places = Arrays.copyOf(places, size * 2);
      }
      times[size] = time;
      places[size++] = place;
    }
  }

  private static final class Rung {
    private final long start;
    private final int widthBits;
    private final @Nullable Bucket[] buckets;
    private int current;

    Rung(long start, int widthBits, int buckets) {
      this.start = start;
      this.widthBits = widthBits;
      this.buckets = new @Nullable Bucket[buckets];
    }

    long currentStart() {
      return start + ((long) current << widthBits);
    }

    void add(long time, int place) {
      int index = (int) ((time - start) >>> widthBits);
      Bucket bucket = buckets[index];
      if (bucket == null) {
        bucket = new Bucket();
        buckets[index] = bucket;
      }
      bucket.add(time, place);
    }
  }

  private final ActionTable table = new ActionTable();
  private Bucket top = new Bucket();
  private long topStart;
  private final @Nullable Rung[] rungs = new @Nullable Rung[64];
  private int rungCount;
  private long[] bottomTimes = new long[128];
  private int[] bottomPlaces = new int[128];
  private int bottomFrom;
  private int bottomTo;
  private long now;

  @Override
  public long now() {
    return now;
  }

  @Override
  public long add(long time, Runnable action) {
    long handle = table.add(action);
    add(time, ActionTable.place(handle));
    return handle;
  }

  private void add(long time, int place) {
    if (time >= topStart) {
      top.add(time, place);
      return;
    }
    for (int i = 0; i < rungCount; i++) {
      Rung rung = rungs[i];
      if (rung != null && time >= rung.currentStart()) {
        rung.add(time, place);
        return;
      }
    }
    insertBottom(time, place);
  }

  private void insertBottom(long time, int place) {
    if (bottomTo == bottomTimes.length) {
      int size = bottomTo - bottomFrom;
      int length = Math.max(128, size * 2);
      bottomTimes = Arrays.copyOfRange(bottomTimes, bottomFrom, bottomFrom + length);
      bottomPlaces = Arrays.copyOfRange(bottomPlaces, bottomFrom, bottomFrom + length);
      bottomFrom = 0;
      bottomTo = size;
    }
    int at = bottomTo;
    while (at > bottomFrom && bottomTimes[at - 1] > time) {
      bottomTimes[at] = bottomTimes[at - 1];
      bottomPlaces[at] = bottomPlaces[at - 1];
      at--;
    }
    bottomTimes[at] = time;
    bottomPlaces[at] = place;
    bottomTo++;
  }

  @Override
  public boolean cancel(long timer) {
    if (!table.cancel(timer)) {
      return false;
    }
    if (table.mostlyDead()) {
      sweep(top);
      for (int i = 0; i < rungCount; i++) {
        Rung rung = rungs[i];
        for (int b = 0; rung != null && b < rung.buckets.length; b++) {
          Bucket bucket = rung.buckets[b];
          if (bucket != null) {
            sweep(bucket);
          }
        }
      }
    }
    return true;
  }

  private void sweep(Bucket bucket) {
    int to = 0;
    for (int i = 0; i < bucket.size; i++) {
      int place = bucket.places[i];
      if (table.isDead(place)) {
        table.release(place);
      } else {
        bucket.times[to] = bucket.times[i];
        bucket.places[to++] = place;
      }
    }
    bucket.size = to;
  }

  @Override
  public @Nullable Runnable poll() {
    while (true) {
      while (bottomFrom < bottomTo) {
        long time = bottomTimes[bottomFrom];
        Runnable action = table.release(bottomPlaces[bottomFrom++]);
        if (action != null) {
          now = time;
          return action;
        }
      }
      bottomFrom = 0;
      bottomTo = 0;
      if (!fillBottom()) {
        return null;
      }
    }
  }

  private boolean fillBottom() {
    while (true) {
      if (rungCount == 0) {
        if (top.size == 0) {
          return false;
        }
        Bucket all = top;
        top = new Bucket();
        long max = 0;
        long min = Long.MAX_VALUE;
        for (int i = 0; i < all.size; i++) {
          min = Math.min(min, all.times[i]);
          max = Math.max(max, all.times[i]);
        }
        spawn(all, min, max);
        Rung rung = rungs[0];
        if (rung != null) {
          topStart = rung.start + ((long) rung.buckets.length << rung.widthBits);
        }
      }
      Rung rung = rungs[rungCount - 1];
      if (rung == null) {
        throw new IllegalStateException("a rung is missing");
      }
      while (rung.current < rung.buckets.length && rung.buckets[rung.current] == null) {
        rung.current++;
      }
      if (rung.current == rung.buckets.length) {
        rungs[--rungCount] = null;
        continue;
      }
      Bucket bucket = rung.buckets[rung.current];
      long start = rung.currentStart();
      rung.buckets[rung.current++] = null;
      if (bucket == null) {
        continue;
      }
      if (bucket.size > THRESHOLD && rung.widthBits > 0) {
        spawn(bucket, start, start + (1L << rung.widthBits) - 1);
        continue;
      }
      for (int i = 0; i < bucket.size; i++) {
        insertBottom(bucket.times[i], bucket.places[i]);
      }
      if (bucket.size > 0) {
        return true;
      }
    }
  }

  /** Deals a bucket into a new rung of about as many buckets as it has events. */
  private void spawn(Bucket bucket, long min, long max) {
    long width = (max - min) / Math.min(bucket.size, MAX_BUCKETS) + 1;
    int widthBits = 64 - Long.numberOfLeadingZeros(width - 1);
    int buckets = (int) ((max - min) >>> widthBits) + 1;
    Rung rung = new Rung(min, widthBits, buckets);
    for (int i = 0; i < bucket.size; i++) {
      rung.add(bucket.times[i], bucket.places[i]);
    }
    rungs[rungCount++] = rung;
  }
}

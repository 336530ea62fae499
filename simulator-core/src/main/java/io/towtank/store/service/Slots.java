package io.towtank.store.service;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.towtank.time.RandomStream;

/**
 * Numbered places of which some are taken. The first few are for those who ask for one by number;
 * others get a random one of the rest, and of the first only when the rest is full (kube-apiserver:
 * KEP-3070, reserve a range for static allocation).
 */
final class Slots {
  private final long size;
  private final long reserved;
  // Looked up and never iterated. What was restored may be there twice.
  private final Multiset<Long> taken = HashMultiset.create();

  /**
   * Free places.
   *
   * @param step one of so many places is for those who ask
   * @param most but no more than so many
   */
  Slots(long size, long step, long most) {
    this.size = size;
    this.reserved = size <= 16 ? 0 : Math.clamp(size / step, 16, most);
  }

  boolean isTaken(long place) {
    return taken.contains(place);
  }

  void take(long place) {
    taken.add(place);
  }

  void release(long place) {
    taken.remove(place);
  }

  /** A free place, -1 where there is none. */
  long next(RandomStream random) {
    long span = size - reserved;
    long start = span == 0 ? 0 : random.nextLong(span);
    for (long i = 0; i < span; i++) {
      long place = reserved + (start + i) % span;
      if (!taken.contains(place)) {
        return place;
      }
    }
    for (long place = 0; place < reserved; place++) {
      if (!taken.contains(place)) {
        return place;
      }
    }
    return -1;
  }
}

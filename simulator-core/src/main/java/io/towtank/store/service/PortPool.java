package io.towtank.store.service;

import io.towtank.time.RandomStream;
import org.jspecify.annotations.Nullable;

/** The ports that nodes open for Services. */
final class PortPool {
  private final int first;
  private final int last;
  private final Slots slots;

  PortPool(int first, int last) {
    this.first = first;
    this.last = last;
    this.slots = new Slots(last - first + 1L, 32, 128);
  }

  /** Why a port is not to be had, null where it is (portallocator: ErrAllocated and others). */
  @Nullable String refusal(int port) {
    if (!contains(port)) {
      return "provided port is not in the valid range. The range of valid ports is "
          + first
          + "-"
          + last;
    }
    return slots.isTaken(port - first) ? "provided port is already allocated" : null;
  }

  /** A free port, -1 where there is none. */
  int next(RandomStream random) {
    long place = slots.next(random);
    return place < 0 ? -1 : (int) (first + place);
  }

  /** Takes a port, or nothing where it is not of this range. */
  void take(int port) {
    if (contains(port)) {
      slots.take(port - first);
    }
  }

  /** Gives a port back. */
  void release(int port) {
    if (contains(port)) {
      slots.release(port - first);
    }
  }

  private boolean contains(int port) {
    return port >= first && port <= last;
  }
}

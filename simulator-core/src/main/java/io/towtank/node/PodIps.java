package io.towtank.node;

import java.util.BitSet;

/**
 * The pod addresses of a node, given out in turn (CNI plugin host-local: the first after the one
 * given last; the gateway has the range's first, so that a /24 has 253).
 */
final class PodIps {
  /** No address is left. */
  static final int NONE = 0;

  private final Cidr range;
  private final BitSet taken = new BitSet();
  private int last;
  private int used;

  PodIps(Cidr range) {
    this.range = range;
    this.last = 1;
  }

  /** How many addresses it can give. */
  int capacity() {
    return Math.clamp(range.size() - 3, 0, Integer.MAX_VALUE);
  }

  /** A free address, {@link #NONE} where there is none. */
  int take() {
    if (used >= capacity()) {
      return NONE;
    }
    int end = capacity() + 2;
    int offset = taken.nextClearBit(last + 1);
    if (offset >= end) {
      offset = taken.nextClearBit(2);
    }
    taken.set(offset);
    last = offset;
    used++;
    return range.base() + offset;
  }

  /** Takes a certain address, if it is one of these and free. */
  boolean take(int address) {
    int offset = address - range.base();
    if (offset < 2 || offset >= capacity() + 2 || taken.get(offset)) {
      return false;
    }
    taken.set(offset);
    used++;
    return true;
  }

  /** Gives an address back. */
  void free(int address) {
    int offset = address - range.base();
    if (offset >= 2 && offset < capacity() + 2 && taken.get(offset)) {
      taken.clear(offset);
      used--;
    }
  }

  /** How many are given out. */
  int used() {
    return used;
  }

  /** Gives all back. */
  void clear() {
    taken.clear();
    used = 0;
  }

  /** The range, as messages name it (host-local: RangeSet). */
  @Override
  public String toString() {
    return Cidr.text(range.base() + 1) + "-" + Cidr.text(range.base() + capacity() + 1);
  }
}
